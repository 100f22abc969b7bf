import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findRedis } from "../upstash-server/find-redis.ts";
import { howToGetRedis } from "../upstash-server/provide-redis.ts";
import { descendantsOf, isRunning } from "./processes.ts";
import { endDemo, type RunningDemo, startDemo } from "./running-demo.ts";

const hasStore = findRedis() !== undefined;
let demo: RunningDemo;

beforeAll(async () => {
  demo = await startDemo();
});

afterAll(async () => {
  if (demo?.child.exitCode === null) await endDemo(demo, "SIGTERM");
});

beforeEach(async () => {
  await become("healthy");
  for (const name of ["shop-api", "GET /api/orders", "GET /api/payments"]) await steer(name, "reset");
});

async function become(mode: string): Promise<void> {
  const answer = await fetch(`${demo.url}/api/demo/upstream`, { method: "PUT", body: mode });
  expect(answer.status).toBe(200);
}

async function steer(name: string, action: string): Promise<void> {
  const body = JSON.stringify({ name, action });
  const answer = await fetch(`${demo.url}/api/demo/circuit`, { method: "POST", body });
  expect(answer.status).toBe(200);
}

interface Circuits {
  circuits: Array<{ name: string; state: string }>;
}

interface Status extends Circuits {
  regions: Array<Circuits & { name: string }>;
  store?: { requests: number; commands: number };
  upstream: { mode: string; hits: number };
}

async function status(): Promise<Status> {
  return (await (await fetch(`${demo.url}/api/demo/status`)).json()) as Status;
}

async function stateOf(name: string): Promise<string | undefined> {
  return (await status()).circuits.find((circuit) => circuit.name === name)?.state;
}

async function statuses(path: string, times: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < times; i++) found.push((await fetch(demo.url + path)).status);
  return found;
}

describe("over HTTP", () => {
  test.each(["failing", "slow", "hanging", "limiting"])(
    "a %s upstream opens the circuit at the third failure; then it is not called",
    async (mode) => {
      await become(mode);
      const before = (await status()).upstream.hits;
      expect(await statuses("/products", 5)).toEqual([500, 500, 500, 500, 500]);
      expect(await stateOf("shop-api")).toBe("open");
      expect((await status()).upstream.hits - before).toBe(3);
    },
  );

  test("a route whose protected fetch is refused answers 503 with Retry-After, and stays closed itself", async () => {
    await become("failing");
    await statuses("/products", 3);
    const answer = await fetch(`${demo.url}/api/orders`);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await stateOf("GET /api/orders")).toBe("closed");
  });

  test("a body that dies after good headers opens the circuit of the route that reads it", async () => {
    await become("dying");
    expect(await statuses("/api/orders", 4)).toEqual([500, 500, 500, 503]);
    expect(await stateOf("GET /api/orders")).toBe("open");
  });

  test("a route that fails by itself is refused after three failures", async () => {
    expect(await statuses("/api/payments?broken", 4)).toEqual([500, 500, 500, 503]);
    expect(await stateOf("shop-api")).toBe("closed");
  });

  test("ISR page and force-cached fetch keep serving what they have, without a call for the cached one", async () => {
    const pages = ["/prices", "/catalog"];
    await become("failing");
    await statuses("/products", 3);
    for (const path of pages) expect(await statuses(path, 3)).toEqual([200, 200, 200]);
    expect(await stateOf("shop-api")).toBe("open");
    const before = (await status()).upstream.hits;
    await statuses("/catalog", 3);
    expect((await status()).upstream.hits).toBe(before);
  });

  test("the page with a fallback shows the last good products, marked as stale", async () => {
    const fresh = await (await fetch(`${demo.url}/products/stale`)).text();
    expect(fresh).toContain("Teapot");
    expect(fresh).not.toContain("data-stale");
    await steer("shop-api", "open");
    const stale = await (await fetch(`${demo.url}/products/stale`)).text();
    expect(stale).toContain("Teapot");
    expect(stale).toContain("data-stale");
  });

  test("without a store an edge function has circuits of its own; with one it shares them", async () => {
    await steer("shop-api", "open");
    const edge = async (): Promise<number> => (await fetch(`${demo.url}/api/edge`)).status;
    await expect.poll(edge, { timeout: 8000 }).toBe(hasStore ? 503 : 200);
  });

  test("what one region is told, the other does; the page shows each region's view and the store's price", async ({
    skip,
  }) => {
    skip(!hasStore, `one region only: no Redis server. ${howToGetRedis}`);
    await steer("shop-api", "open");
    const orders = async (): Promise<number> =>
      (await fetch(`${demo.url}/api/demo/via/Virginia?path=/api/orders`)).status;
    await expect.poll(orders, { timeout: 8000 }).toBe(503);
    const { regions, store } = await status();
    expect(regions.map(({ name }) => name)).toEqual(["Frankfurt", "Virginia"]);
    const states = regions.map(({ circuits }) => circuits.find(({ name }) => name === "shop-api")!.state);
    expect(states).toEqual(["open", "open"]);
    expect(store!.requests).toBeGreaterThan(0);
    expect(store!.commands).toBeGreaterThanOrEqual(store!.requests);
  });

  test("failures spread over both regions open the circuit in both", async ({ skip }) => {
    skip(!hasStore, `one region only: no Redis server. ${howToGetRedis}`);
    await become("failing");
    for (let i = 0; i < 4; i++) {
      await fetch(`${demo.url}/api/orders`);
      await fetch(`${demo.url}/api/demo/via/Virginia?path=/api/orders`);
    }
    const { regions } = await status();
    const states = regions.map(({ circuits }) => circuits.find(({ name }) => name === "shop-api")!.state);
    expect(states).toEqual(["open", "open"]);
  });

  test("a Worker shares the circuit with the servers, and the fleet's page shows it from everywhere", async ({
    skip,
  }) => {
    const worker = /A third region, a Worker: (http:\/\/[^/\s]+)/.exec(demo.output())?.[1];
    skip(worker === undefined, "no worker: no Redis server, or workerd does not start here");
    expect((await fetch(`${worker}/api/orders`)).status).toBe(200);
    await steer("shop-api", "open");
    const orders = async (): Promise<number> => (await fetch(`${worker}/api/orders`)).status;
    await expect.poll(orders, { timeout: 8000 }).toBe(503);
    const headers = { authorization: "Bearer demo-demo-demo-demo" };
    for (const place of [demo.url, worker!]) {
      const answer = await fetch(`${place}/protego/fleet/circuits`, { headers });
      const { stores } = (await answer.json()) as {
        stores: Array<{ circuits: Array<{ name: string; state: string }> }>;
      };
      expect(stores[0]!.circuits).toContainEqual(
        expect.objectContaining({ name: "shop-api", state: "open" }),
      );
    }
  });

  test("the dashboard is closed without its password, and shows the circuits with it", async () => {
    expect((await fetch(`${demo.url}/protego`)).status).toBe(401);
    const headers = { authorization: `Basic ${btoa("me:demo-demo-demo-demo")}` };
    const page = await fetch(`${demo.url}/protego`, { headers });
    expect(page.status).toBe(200);
    expect(page.headers.get("cache-control")).toContain("no-store");
    expect(await page.text()).toContain("shop-api");
    expect(await (await fetch(`${demo.url}/protego/metrics`, { headers })).text()).toContain(
      'protego_state{protego_circuit_name="shop-api"',
    );
  });

  test("two trials that succeed close the circuit again", async () => {
    await become("failing");
    await statuses("/api/orders", 3);
    await become("healthy");
    for (const name of ["shop-api", "GET /api/orders"]) await steer(name, "halfOpen");
    // The command is on its way to the fleet, which grants the trials and counts them.
    const afterOneMore = async (): Promise<string | undefined> => {
      await statuses("/api/orders", 1);
      return stateOf("shop-api");
    };
    await expect.poll(afterOneMore, { timeout: 10_000, interval: 200 }).toBe("closed");
    expect(await statuses("/api/orders", 2)).toEqual([200, 200]);
    expect(await stateOf("GET /api/orders")).toBe("closed");
  });
});

describe("in Chromium", () => {
  const executablePath = process.env["CHROMIUM_PATH"];
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  let browser: Browser | undefined;
  let page: Page;

  beforeAll(async () => {
    if (executablePath === undefined) return;
    browser = await chromium.launch({ executablePath, args });
    page = await browser.newPage();
  });
  beforeEach((context) => {
    if (browser === undefined) context.skip("no Chromium: apt-get install chromium, or set CHROMIUM_PATH");
  });
  afterAll(() => browser?.close());

  test("error.tsx recognises the open circuit by its digest, and its button brings the page back", async () => {
    await become("failing");
    await page.goto(`${demo.url}/products`);
    expect(await page.textContent("h1")).toBe("The shop did not answer");
    await steer("shop-api", "open");
    await page.goto(`${demo.url}/products`);
    expect(await page.textContent("h1")).toBe("The shop is taking a short break");
    expect(await page.textContent("[role=timer]")).toMatch(/^Please come back in \d+ s\.$/);

    await become("healthy");
    await steer("shop-api", "close");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Products" }).waitFor();
  });

  test("the home page tells the story: break it, send ten, see the circuit open, heal it", async () => {
    await page.goto(demo.url);
    const shop = page.locator('[data-circuit="shop-api"]');
    await shop.getByText("closed", { exact: true }).waitFor();
    await page.getByLabel(/^failing/).check();
    await expect.poll(async () => (await status()).upstream.mode).toBe("failing");
    await page.getByRole("button", { name: "send 10 to Products", exact: true }).click();
    await page.locator("tbody tr").nth(9).waitFor();
    const kinds = await page
      .locator("tbody tr")
      .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset["kind"]));
    expect(kinds).toEqual([...Array(7).fill("refused"), ...Array(3).fill("failed")]);
    const hits = await page.locator("tbody tr td:last-child").allTextContents();
    expect(hits).toEqual([...Array(7).fill("0"), ...Array(3).fill("1")]);
    await shop.getByText("open", { exact: true }).first().waitFor();

    await page.getByLabel(/^healthy/).check();
    await expect.poll(async () => (await status()).upstream.mode).toBe("healthy");
    await page.getByRole("button", { name: "try now shop-api", exact: true }).click();
    await shop.getByText("half-open", { exact: true }).waitFor();
    await page.getByRole("button", { name: "send 10 to Products", exact: true }).click();
    await page.locator("tbody tr").nth(19).waitFor();
    await shop.getByText("closed", { exact: true }).waitFor();
  });
});

describe("at Ctrl-C", () => {
  test("it stops, and so does everything it has started", async ({ skip }) => {
    skip(process.platform !== "linux", "reads /proc to find the demo's processes: Linux only");
    const started = descendantsOf(demo.pid);
    expect(started.length).toBeGreaterThan(0);
    await become("hanging");
    const hung = fetch(`${demo.url}/api/edge`).catch(() => "cut off");
    expect(await endDemo(demo, "SIGINT")).toBe(0);
    expect(demo.output()).toContain("stopping");
    expect(started.filter(isRunning)).toEqual([]);
    await hung;
    await expect(fetch(demo.url)).rejects.toThrow("fetch failed");
  });
});
