import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDashboard } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { commandFleet } from "../../src/operations/command-fleet.ts";
import { shareStore, type Store } from "../../src/store.ts";
import { findChromium } from "../setup/find-chromium.ts";
import { serveDashboard } from "./dashboard-server.ts";
import { fleetScene } from "./fleet-scene.ts";
import { freshHistory } from "./fresh-history.ts";
import { scene } from "./scenes.ts";

const token = "a token of many characters";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const executablePath = findChromium();

let browser: Browser;
let served: Awaited<ReturnType<typeof serveDashboard>>;

beforeAll(async () => {
  if (!executablePath) return;
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  served = await serveDashboard(createDashboard({ authorize: token, audit: () => {} }));
});
afterAll(async () => {
  await browser?.close();
  served?.stop();
});
beforeEach((context) => {
  if (!executablePath) context.skip("no Chromium. Install it or set CHROMIUM_PATH.");
  freshHistory();
});

async function open(options: BrowserContextOptions = {}): Promise<Page & { trouble: string[] }> {
  const credentials = { username: "anybody", password: token };
  const context = await browser.newContext({ httpCredentials: credentials, ...options });
  const trouble: string[] = [];
  const page = Object.assign(await context.newPage(), { trouble });
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("dialog", (dialog) => {
    trouble.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(served.url);
  return page;
}

/** The stream looks once a second. */
const soon = { timeout: 10_000 };

const item = (page: Page, name: string) =>
  page.locator("#attention > li, #circuits > li").filter({
    has: page.locator(".name", { hasText: new RegExp(`^${name.replaceAll(/[^\w ]/g, ".")}$`) }),
  });
const stateOf = (page: Page, name: string) => item(page, name).locator(".state").first();
const names = (page: Page, list: string) => page.locator(`#${list} .name`).allTextContents();
async function connected(page: Page): Promise<void> {
  await expect.poll(() => page.locator("#connection").textContent(), soon).toBe("live");
}

async function fail(name: string, times: number): Promise<void> {
  const call = protect(() => Promise.reject(new RangeError("no")), { name });
  for (let i = 0; i < times; i++) await call().catch(() => {});
}

async function succeed(name: string, times: number): Promise<void> {
  const call = protect(() => Promise.resolve(1), { name });
  for (let i = 0; i < times; i++) await call();
}

/** Injected past the page's policy, which forbids foreign scripts. */
async function axeFindings(page: Page): Promise<unknown> {
  const session = await page.context().newCDPSession(page);
  const evaluate = async (expression: string): Promise<unknown> => {
    const options = { expression, awaitPromise: true, returnByValue: true };
    return (await session.send("Runtime.evaluate", options)).result.value as unknown;
  };
  await evaluate(axe);
  return evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html + node.failureSummary)))",
  );
}

test("the page is complete without a script, and its buttons work", async () => {
  circuits.register("payments");
  const page = await open({ javaScriptEnabled: false });
  expect(await stateOf(page, "payments").textContent()).toBe("closed");
  await page.locator("summary").click();
  await page.getByRole("button", { name: "Hold open: payments", exact: true }).click();
  await page.waitForURL(/\/protego\/?$/);
  expect(await stateOf(page, "payments").textContent()).toBe("held open");
  await page.getByLabel("Find").fill("nothing like it");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/find=nothing/);
  expect(await page.locator(".name").count()).toBe(0);
  expect(page.trouble).toEqual([]);
});

test("changes arrive by themselves, new circuits too; what is broken is said first", async () => {
  circuits.register("payments");
  const page = await open();
  await connected(page);
  await fail("payments", 3);
  await fail("newcomer", 1);
  await expect.poll(() => stateOf(page, "payments").textContent(), soon).toBe("open");
  await expect.poll(() => stateOf(page, "newcomer").textContent(), soon).toBe("closed");
  expect(await names(page, "attention")).toEqual(["payments"]);
  expect(await page.locator("#verdict strong").textContent()).toBe("1 broken");
  expect(await page.locator("#attention").textContent()).toMatch(/for \d+ s\. Opened by RangeError\./);
  expect(await page.locator("#timeline").textContent()).toMatch(/payments\s+opened after RangeError/);
  expect(await page.locator("#incidents").textContent()).toMatch(/payments\s+since/);
  expect(page.trouble).toEqual([]);
});

test("who opens the page late sees what happened before", async () => {
  await fail("payments", 30);
  circuits.get("payments")!.halfOpen();
  await fail("payments", 1);
  const page = await open();
  const text = (await page.locator("#attention").textContent())!;
  expect(text).toContain("1 trial failed since (RangeError)");
  expect(text).toMatch(/27 calls, \d+ %/);
  expect(await page.locator("#attention svg").count()).toBe(2);
});

test("times are the reader's own", async () => {
  await fail("payments", 3);
  const page = await open({ timezoneId: "Asia/Kolkata" });
  const time = page.locator("#timeline time").first();
  const iso = (await time.getAttribute("datetime"))!;
  const kolkata = new Date(Date.parse(iso) + 5.5 * 3_600_000).toISOString().slice(11, 19);
  expect(await time.textContent()).toBe(kolkata);
});

test("a command is asked about first, says what it will do, and is done", async () => {
  circuits.register("payments");
  const page = await open();
  await connected(page);
  await page.locator("summary").click();
  const button = page.getByRole("button", { name: "Hold open: payments", exact: true });
  await button.click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.textContent()).toContain("Hold open: payments?");
  expect(await dialog.textContent()).toContain(
    "Every call is refused, without trials, until somebody releases it.",
  );
  expect(await dialog.textContent()).toContain("In this process only.");
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(circuits.get("payments")!.state).toBe("closed");
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Reason").fill("deploy");
  await page.keyboard.press("Enter");
  await expect.poll(() => circuits.get("payments")!.snapshot().forced, soon).toBe(true);
  await expect
    .poll(() => page.locator("#timeline").textContent(), soon)
    .toContain("held open until another command by token: deploy");
  expect(page.trouble).toEqual([]);
});

test("a circuit is held closed for as long as is chosen", async () => {
  circuits.register("payments");
  const page = await open();
  await connected(page);
  await page.locator("summary").click();
  await page.getByRole("button", { name: "Hold closed: payments", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const length = page.getByLabel("For how long");
  expect(await length.locator("option:checked").textContent()).toBe("until somebody releases it");
  await length.selectOption("10 minutes");
  await dialog.getByRole("button", { name: "Hold closed" }).click();
  await expect.poll(() => circuits.get("payments")!.snapshot().heldMs ?? 0, soon).toBeGreaterThan(590_000);
  await expect.poll(() => item(page, "payments").textContent(), soon).toMatch(/Its hold ends in (9|10) min/);
  expect(page.trouble).toEqual([]);
});

test("a command is refused when the circuit has changed since it was asked about", async () => {
  await fail("payments", 3);
  const page = await open();
  await page.getByRole("button", { name: "Close: payments", exact: true }).click();
  circuits.get("payments")!.halfOpen();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await expect
    .poll(() => page.getByRole("alert").textContent(), soon)
    .toContain("Close: payments: not done. The circuit has changed meanwhile: it is half-open now.");
  expect(circuits.get("payments")!.state).toBe("half-open");
  await expect.poll(() => stateOf(page, "payments").textContent(), soon).toBe("trying");
  // The next one that succeeds takes the word back.
  await page.getByRole("button", { name: "Close: payments", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await expect.poll(() => circuits.get("payments")!.state, soon).toBe("closed");
  await expect.poll(() => page.getByRole("alert").textContent(), soon).toBe("");
});

test("nothing moves while somebody points or stands there, and moves when they leave", async () => {
  for (const name of ["a", "b", "c"]) await fail(name, 3);
  const page = await open();
  await connected(page);
  expect(await names(page, "attention")).toEqual(["a", "b", "c"]);
  await item(page, "b").hover();
  await fail("c", 50);
  circuits.get("a")!.close();
  await expect.poll(() => item(page, "c").textContent(), soon).toContain("50 calls");
  await expect.poll(() => stateOf(page, "a").textContent(), soon).toBe("closed");
  expect(await names(page, "attention")).toEqual(["a", "b", "c"]);
  await page.getByRole("button", { name: "Close: b", exact: true }).focus();
  await page.mouse.move(2, 2);
  await page.waitForTimeout(400);
  expect(await names(page, "attention")).toEqual(["a", "b", "c"]);
  // A card that changes does not throw out who stands on its button.
  await fail("b", 5);
  await expect.poll(() => item(page, "b").textContent(), soon).toContain("5 calls");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Close: b");
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await expect.poll(() => names(page, "attention"), soon).toEqual(["c", "b"]);
  expect(await names(page, "circuits")).toEqual(["a"]);
});

test("hundreds of circuits come in pages, with one stop of the tab key each, and are found", async () => {
  for (let i = 0; i < 600; i++) circuits.register(`tenant ${String(i).padStart(3, "0")}`);
  await fail("tenant 250", 3);
  const page = await open();
  await connected(page);
  expect(await names(page, "attention")).toEqual(["tenant 250"]);
  expect(await page.locator("#circuits > li").count()).toBe(100);
  expect(await page.locator("#circuits :is(a, button, summary, input):visible").count()).toBe(100);
  expect(await page.evaluate(() => document.body.scrollHeight)).toBeLessThan(7000);
  await page.getByRole("link", { name: "Next" }).click();
  await expect.poll(async () => (await names(page, "circuits"))[0], soon).toBe("tenant 100");
  await page.getByLabel("Find").fill("TENANT 59");
  await expect.poll(() => names(page, "circuits"), soon).toHaveLength(10);
  await page.getByLabel("Find").fill("");
  await page.locator("#state").selectOption("open");
  await expect.poll(() => names(page, "circuits"), soon).toEqual([]);
  expect(await names(page, "attention")).toEqual(["tenant 250"]);
  await page.reload();
  expect(await names(page, "attention")).toEqual(["tenant 250"]);
  expect(page.trouble).toEqual([]);
});

test("a page that hears nothing says so, and recovers", async () => {
  await succeed("payments", 1);
  const page = await open();
  await connected(page);
  await page.context().setOffline(true);
  served.cutConnections();
  await expect
    .poll(() => page.locator("#connection").textContent(), soon)
    .toBe("connection lost, trying again");
  await page.context().setOffline(false);
  await connected(page);
});

test("an incident can be handed on, as Markdown and as JSON", async () => {
  await fail("payments", 13);
  circuits.get("payments")!.halfOpen();
  await succeed("payments", 2);
  const page = await open();
  const link = page.getByRole("link", { name: "Report of the incident of payments as Markdown" });
  const address = new URL((await link.getAttribute("href"))!, await page.evaluate(() => document.baseURI))
    .href;
  const text = await (await page.request.get(address)).text();
  expect(text).toContain("# Outage behind `payments`");
  expect(text).toContain("- Refused: 10 calls did not reach the upstream");
  const json = (await (await page.request.get(address.replace(/\.md$/, ""))).json()) as { refused: number };
  expect(json.refused).toBe(10);
});

test("hostile names do nothing", async () => {
  const wild = [
    "<img src=x onerror=alert(1)>",
    `"><script>alert(2)</script>`,
    `' onmouseover='alert(3)`,
    "javascript:alert(4)",
    "</tr></table><iframe srcdoc='<script>parent.alert(5)</script>'>",
    "{{7*7}}${7*7}",
    "confirm",
    "timeline",
    "verdict",
    "__proto__",
  ];
  for (const name of wild) circuits.register(name);
  const page = await open();
  await connected(page);
  // Once from the page itself, once more from the stream.
  for (const name of wild) await fail(name, 3);
  await expect.poll(() => page.locator(".state.open").count(), soon).toBe(wild.length);
  expect((await names(page, "attention")).toSorted()).toEqual(wild.toSorted());
  expect(await page.locator("main img, main script, iframe, [onmouseover]").count()).toBe(0);
  await page.getByRole("button", { name: `Close: ${wild[0]}`, exact: true }).hover();
  for (const id of ["confirm", "timeline", "verdict"])
    expect(await page.locator(`[id="${id}"]`).count()).toBe(1);
  expect(page.trouble).toEqual([]);
});

test("who is not authorised gets nothing", async () => {
  circuits.register("payments");
  const context = await browser.newContext({ httpCredentials: { username: "x", password: "guess" } });
  const page = await context.newPage();
  const response = await page.goto(served.url);
  expect(response!.status()).toBe(401);
  expect(await page.content()).not.toContain("payments");
});

test("another site's page cannot steer, even in the browser of who may", async () => {
  circuits.register("payments");
  const page = await open();
  const evil = await page.context().newPage();
  const address = `${served.url}/circuits/payments/open`;
  await evil.route("http://attacker.test/", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<form method="post" action="${address}"><button>win</button></form>`,
    }),
  );
  await evil.goto("http://attacker.test/");
  const answered = evil.waitForResponse(address);
  await evil.getByRole("button").click();
  expect((await answered).status()).toBe(403);
  expect(circuits.get("payments")!.state).toBe("closed");
});

describe("the fleet's page", () => {
  async function openFleet(
    store: Store,
    options: BrowserContextOptions = {},
  ): Promise<Page & { trouble: string[] }> {
    ofFleet?.stop();
    ofFleet = await serveDashboard(
      createDashboard({ authorize: token, audit: () => {}, label: "web-3", store: shareStore(store) }),
    );
    const page = await open(options);
    await page.goto(`${ofFleet.url}/fleet`);
    return page;
  }
  let ofFleet: Awaited<ReturnType<typeof serveDashboard>> | undefined;
  afterAll(() => ofFleet?.stop());
  async function asks(page: Page): Promise<void> {
    await expect.poll(() => page.locator("#connection").textContent(), soon).toBe("asks every 2 s");
  }

  test("shows what other processes do, as it happens, and commands them", async () => {
    const store = await fleetScene("outage");
    const page = await openFleet(store);
    await asks(page);
    expect(await page.locator("#verdict strong").textContent()).toBe("2 broken, 1 held open, 1 held closed");
    expect(await item(page, "mail").textContent()).toContain("Held open by ada@shop.example");
    expect(await item(page, "https://search.example").textContent()).toContain("Frankfurt saw one failure");
    // Another process is told to close it.
    const by = { isForced: false, by: "bob", why: undefined, at: 0, openMs: 1000 };
    await commandFleet(store, "https://payments.example", { ...by, type: "close" });
    await expect.poll(() => stateOf(page, "https://payments.example").textContent(), soon).toBe("closed");
    await page.getByRole("button", { name: "Release: mail", exact: true }).click();
    await page.getByLabel("Reason").fill("it is Monday");
    await page.keyboard.press("Enter");
    await expect.poll(() => stateOf(page, "mail").textContent(), soon).toBe("trying");
    await page.getByRole("button", { name: "Hold all closed", exact: true }).click();
    expect(await page.getByRole("dialog").textContent()).toContain("In every process that shares the store.");
    await page.getByRole("dialog").getByRole("button", { name: "Hold all closed" }).click();
    await expect.poll(() => page.locator("#verdict strong").textContent(), soon).toBe("11 held closed");
    expect(page.trouble).toEqual([]);
  });

  test("is complete without a script, and its buttons work", async () => {
    const store = await fleetScene("outage");
    const page = await openFleet(store, { javaScriptEnabled: false });
    await page.getByRole("button", { name: "Close: mail", exact: true }).click();
    await page.waitForURL(/\/protego\/fleet$/);
    await page.getByRole("link", { name: "This process" }).click();
    await page.waitForURL(/\/protego\/?$/);
    await page.getByRole("link", { name: "The fleet" }).click();
    await page.waitForURL(/\/protego\/fleet$/);
    const { circuits: listed } = await store.list!(100);
    expect(listed.find(({ circuit }) => circuit === "mail")!.record).toMatchObject({ isForced: false });
  });

  test("hostile names, labels and reasons do nothing", async () => {
    const store = await fleetScene("calm");
    const wild = [
      "<img src=x onerror=alert(1)>",
      `"><script>alert(2)</script>`,
      "confirm",
      "stores",
      "__proto__",
    ];
    for (const name of wild) {
      const order = { type: "open", isForced: true, by: name, why: name, at: 0, openMs: 1 } as const;
      await commandFleet(store, name, order);
    }
    const page = await openFleet(store);
    await asks(page);
    expect((await names(page, "attention")).toSorted()).toEqual(wild.toSorted());
    expect(await page.locator("main img, main script, iframe").count()).toBe(0);
    for (const id of ["confirm", "stores"]) expect(await page.locator(`[id="${id}"]`).count()).toBe(1);
    expect(page.trouble).toEqual([]);
  });

  test.each([
    [1440, 900, "light"],
    [1024, 720, "dark"],
    [390, 740, "light"],
    [390, 740, "dark"],
  ] as const)("axe finds nothing at %i × %i in %s", async (width, height, colorScheme) => {
    const page = await openFleet(await fleetScene("outage"), { viewport: { width, height }, colorScheme });
    await asks(page);
    await page.locator("#circuits summary").first().click();
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await page.screenshot({ path: `test/.work/fleet-${width}-${colorScheme}.png`, fullPage: true });
  });
});

describe.each([
  ["a wall", 1600, 900],
  ["a desk", 1440, 900],
  ["a laptop", 1024, 720],
  ["a phone", 390, 740],
])("on %s", (_on, width, height) => {
  test.each(["light", "dark"] as const)(
    "axe finds nothing in the %s page, and nothing overflows",
    async (colorScheme) => {
      await scene(5, "outage");
      await fail("a name without a place to break it".replaceAll(" ", "-").repeat(4), 1);
      circuits.register("trying").halfOpen();
      circuits.register("let through").close({ forced: true });
      const page = await open({ viewport: { width, height }, colorScheme });
      await connected(page);
      await page.locator("#circuits summary").first().click();
      expect(await axeFindings(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      // Where there is room, the buttons of a card stand in one line.
      const heights = await page
        .locator("#attention .actions")
        .evaluateAll((rows) => rows.map((each) => each.clientHeight));
      expect(Math.max(...heights)).toBeLessThan(width < 900 ? Infinity : 50);
      await page.screenshot({ path: `test/.work/dashboard-${width}-${colorScheme}.png`, fullPage: true });
    },
  );
});
