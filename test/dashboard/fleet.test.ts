import { beforeEach, describe, expect, test, vi } from "vitest";
import { createDashboard } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { commandFleet } from "../../src/operations/command-fleet.ts";
import type { OwnRequest } from "../../src/core/fleet-record.ts";
import type { FleetReport } from "../../src/operations/fleet-report.ts";
import { memoryStore, shareStore, type Store } from "../../src/store.ts";
import { freshHistory } from "./fresh-history.ts";

const origin = "http://localhost:3000";
const said: string[] = [];
const command = {
  type: "open",
  isForced: false,
  by: "bob",
  why: "deploy",
  at: 1000,
  openMs: 60_000,
} as const;

const rules = {
  quorum: 2,
  threshold: 9,
  sharePercent: 50,
  windowMs: 10_000,
  openMs: [1],
  longestOpeningMs: 1,
  trials: 1,
  concurrent: 1,
  tolerated: 0,
  everyMs: 0,
  stayMs: 0,
};

interface Fleet {
  stores: Array<FleetReport & { store: number; trouble?: string; use: { requests: object; budget: number } }>;
}

function dashboardOf(store?: Store) {
  const shared = store && shareStore(store);
  const { fetch } = createDashboard({
    authorize: () => "ada",
    audit: (line) => said.push(line),
    basePath: "/protego",
    store: shared,
  });
  const ask = (path: string, method = "GET", headers: Record<string, string> = {}) =>
    fetch(
      new Request(`${origin}/protego${path}`, {
        method,
        headers: { "sec-fetch-site": "same-origin", ...headers },
      }),
    );
  const report = async () => ((await (await ask("/fleet/circuits")).json()) as Fleet).stores;
  return { ask, report, shared };
}

/** Looks are shared for a second. */
function aSecondLater(): void {
  const now = performance.now();
  vi.spyOn(performance, "now").mockReturnValue(now + 1100);
}

beforeEach(() => {
  vi.restoreAllMocks();
  freshHistory();
  said.length = 0;
});

test("a store alone is shown: states, holds, votes, trials, commands, for a process without circuits", async () => {
  const store = memoryStore();
  await commandFleet(store, "payments", command);
  await commandFleet(store, "mail", { ...command, isForced: true });
  const { report, ask } = dashboardOf(store);
  const [{ circuits: listed, use }] = (await report()) as [Fleet["stores"][number]];
  expect(listed.map(({ name, state, held }) => [name, state, held])).toEqual([
    ["mail", "open", true],
    ["payments", "open", false],
  ]);
  expect(listed[0]).toMatchObject({ nextTrialMs: null, command: { by: "bob", why: "deploy" } });
  expect(use).toMatchObject({ budget: 60, left: 60, health: "answers" });
  const page = await (await ask("/fleet")).text();
  expect(page).toContain("1 broken, 1 held open");
  expect(page).toMatch(/Held open by bob/);
  expect(circuits.list()).toEqual([]);
});

test("a circuit is shown with its votes by region, its trials and their time, its openings, and what the look cost", async () => {
  const store = memoryStore(() => 0);
  await store.note!({ about: "isolate", reporter: 7, label: "fra1" });
  const step = (own: OwnRequest) => store.step("payments", { ...rules, life: 3, ...own });
  await step({ type: "report", reporter: 7, sequence: 1, run: 2, seen: -1 });
  const { ask } = dashboardOf({
    ...store,
    list: async (most) => ({ ...(await store.list!(most)), commands: 3 }),
  });
  expect(await (await ask("/fleet")).text()).toMatch(/<dt>votes<\/dt> <dd>fra1 saw 2 failures in a row/);
  await step({ type: "half-open" });
  await step({ type: "lease", token: 3, leaseMs: 20_000, isAlone: false });
  aSecondLater();
  const page = await (await ask("/fleet")).text();
  expect(page).toMatch(/<dt>trials out<\/dt> <dd>1; given up in 20 s<\/dd>/);
  expect(page).toMatch(/<dt>openings in a row<\/dt> <dd>1<\/dd>/);
  expect(page).toMatch(/<dt>this look<\/dt> <dd>3 commands<\/dd>/);
  expect(page).toMatch(/<dt>left of its budget<\/dt> <dd>60 of 60 a minute<\/dd>/);
});

test("what circuits of this process share is found by itself, with who voted", async () => {
  const store = shareStore(memoryStore(), { quorum: 1, label: "fra1" });
  const call = protect(() => Promise.reject(new Error("down")), { name: "search", store });
  for (let i = 0; i < 2; i++) {
    await call().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { report, ask } = dashboardOf();
  const [{ circuits: listed }] = (await report()) as [Fleet["stores"][number]];
  expect(listed[0]).toMatchObject({
    name: "search",
    state: "closed",
    votes: [{ by: "fra1", saw: "bad", failures: 2 }],
  });
  expect(await (await ask("/fleet")).text()).toContain("fra1 saw 2 failures in a row");
  expect(await (await ask("")).text()).toContain("/protego/fleet");
});

test("a page of a process without a store says so, and has no link to the fleet elsewhere", async () => {
  circuits.register("alone");
  const { ask } = dashboardOf();
  expect(await (await ask("/fleet")).text()).toContain("No circuit of this process has a store.");
  expect(await (await ask("")).text()).not.toContain("/protego/fleet");
});

test("however many look in a second, the store is read once, and no more of it than is bounded", async () => {
  const store = memoryStore();
  await commandFleet(store, "payments", command);
  const list = vi.fn<NonNullable<Store["list"]>>((most) => store.list!(most));
  const { ask, report } = dashboardOf({ ...store, list });
  await Promise.all([report(), report(), ask("/fleet"), ask("/fleet/live")]);
  await report();
  expect(list).toHaveBeenCalledTimes(1);
  expect(list).toHaveBeenCalledWith(500);
  aSecondLater();
  await report();
  expect(list).toHaveBeenCalledTimes(2);
  aSecondLater();
  await ask("/fleet", "HEAD");
  expect(list).toHaveBeenCalledTimes(2);
});

test.each<[what: string, list: Store["list"], words: string]>([
  ["rejects", () => Promise.reject(new Error("token=secret")), "The store does not answer"],
  ["cannot list", undefined, "The store cannot list its circuits."],
  [
    "has more than are read",
    () => Promise.resolve({ circuits: [], isCutShort: true, isolates: new Map(), commands: 3 }),
    "there may be more",
  ],
])("a store that %s is told as that", async (_what, list, words) => {
  const { ask } = dashboardOf({ step: (...asked) => memoryStore().step(...asked), ...(list && { list }) });
  const text = await (await ask("/fleet")).text();
  expect(text).toContain(words);
  expect(text).not.toContain("secret");
});

test("a store that never answers holds the page for three seconds at most", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const { ask } = dashboardOf({ ...memoryStore(), list: () => new Promise(() => {}) });
    const page = ask("/fleet");
    await vi.advanceTimersByTimeAsync(3000);
    const text = await (await page).text();
    expect(text).toContain("The store does not answer");
    expect(text).not.toMatch(/>answers</);
  } finally {
    vi.useRealTimers();
  }
});

describe("commands", () => {
  const commands = [
    ["open", { isOpen: true, isForced: false }],
    ["hold-open", { isOpen: true, isForced: true }],
    ["close", { isOpen: false, isForced: false }],
    ["hold-closed", { isOpen: false, isForced: true }],
    ["hold-closed?for=10m", { isOpen: false, isForced: false, restMs: 600_000 }],
    ["half-open", { isOpen: true, isForced: false, restMs: 0 }],
  ] as const;

  test.each(commands)("%s reaches a circuit that no process here has", async (action, record) => {
    const store = memoryStore(() => 0);
    await commandFleet(store, "a/b?c", command);
    const { ask } = dashboardOf(store);
    const response = await ask(
      `/fleet/circuits/${encodeURIComponent("a/b?c")}/${action}${action.includes("?") ? "&" : "?"}reason=%20why%20`,
      "POST",
    );
    expect(response.status).toBe(200);
    const [listed] = (await store.list!(10)).circuits;
    expect(listed).toMatchObject({ record, command: { by: "ada", why: "why" } });
    const deed = action.split("?")[0];
    const lasting = action.includes("?") ? " for 10 min" : "";
    expect(said).toEqual([`next-protego: fleet: ${deed} "a/b?c"${lasting} by "ada", because "why"`]);
  });

  test.each(commands)("%s for all", async (action, record) => {
    const store = memoryStore(() => 0);
    const names = ["a", "b", "c"];
    for (const name of names) await commandFleet(store, name, command);
    const { ask } = dashboardOf(store);
    expect((await ask(`/fleet/all/${action}`, "POST")).status).toBe(200);
    const { circuits: listed } = await store.list!(10);
    expect(listed.map(({ circuit }) => circuit).toSorted()).toEqual(names);
    for (const each of listed) expect(each.record).toMatchObject(record);
  });

  test("trying all leaves alone what is closed or held", async () => {
    const store = memoryStore(() => 0);
    await commandFleet(store, "closed", { ...command, type: "close" });
    await commandFleet(store, "held", { ...command, isForced: true });
    await commandFleet(store, "open", command);
    await dashboardOf(store).ask("/fleet/all/half-open", "POST");
    const { circuits: listed } = await store.list!(10);
    const of = (name: string) => listed.find(({ circuit }) => circuit === name)!.record;
    expect(of("closed")).toMatchObject({ isOpen: false, generation: 1 });
    expect(of("held")).toMatchObject({ isOpen: true, isForced: true, generation: 1 });
    expect(of("open")).toMatchObject({ isOpen: true, restMs: 0, generation: 2 });
  });

  test("a circuit of this process obeys at once, and the fleet with it", async () => {
    const kept = memoryStore();
    const store = shareStore(kept);
    circuits.register("payments", { store });
    await dashboardOf().ask("/fleet/circuits/payments/hold-open?reason=deploy", "POST");
    expect(circuits.get("payments")!.snapshot()).toMatchObject({ state: "open", forced: true });
    await vi.waitFor(async () =>
      expect((await kept.list!(10)).circuits[0]).toMatchObject({
        record: { isForced: true },
        command: { by: "ada (deploy)" },
      }),
    );
  });

  test("an opening is as long as is said, here and elsewhere", async () => {
    const kept = memoryStore(() => 0);
    const store = shareStore(kept);
    circuits.register("here", { store });
    const { ask } = dashboardOf();
    for (const name of ["here", "elsewhere"]) {
      expect((await ask(`/fleet/circuits/${name}/open?for=7m`, "POST")).status).toBe(200);
    }
    await vi.waitFor(async () => {
      const { circuits: listed } = await kept.list!(10);
      expect(listed.map(({ record }) => record)).toEqual([
        expect.objectContaining({ isOpen: true, restMs: 420_000 }),
        expect.objectContaining({ isOpen: true, restMs: 420_000 }),
      ]);
    });
    expect((await ask("/fleet/circuits/here/open?for=1h", "POST")).status).toBe(400);
    expect((await ask("/fleet/circuits/here/close?for=5m", "POST")).status).toBe(400);
    expect((await ask("/circuits/here/open?for=soon", "POST")).status).toBe(400);
    expect((await ask("/circuits/here/open?for=1h", "POST")).status).toBe(400);
    expect((await ask("/circuits/here/open?for=90s", "POST")).status).toBe(200);
    expect(circuits.get("here")!.snapshot().retryAfter).toBeLessThanOrEqual(90_000);
  });

  test("one that was meant for another state is refused", async () => {
    const store = memoryStore();
    await commandFleet(store, "payments", command);
    const { ask, report } = dashboardOf(store);
    const [{ circuits: listed }] = (await report()) as [Fleet["stores"][number]];
    const { generation } = listed[0]!;
    await commandFleet(store, "payments", { ...command, type: "close" });
    const late = await ask(`/fleet/circuits/payments/open?seen=${generation}`, "POST");
    expect(late.status).toBe(409);
    expect((await ask(`/fleet/circuits/payments/open?seen=${generation + 1}`, "POST")).status).toBe(200);
  });

  test("a store that fails is told as that", async () => {
    const { ask } = dashboardOf({ ...memoryStore(), step: () => Promise.reject(new Error("token=secret")) });
    const response = await ask("/fleet/circuits/payments/open", "POST");
    expect(response.status).toBe(502);
    expect(await response.text()).not.toContain("secret");
    expect(said).toEqual([
      'next-protego: fleet: open "payments" by "ada"; The store does not answer: nothing is known of what it has done.',
    ]);
  });

  test("what was not sent is in no log: the store failed before, or another state was seen", async () => {
    const lost = () => Promise.reject(new Error("down"));
    for (const [store, path] of [
      [{ ...memoryStore(), step: lost }, "/fleet/circuits/payments/open?seen=1"],
      [{ ...memoryStore(), list: lost }, "/fleet/all/open"],
    ] as const) {
      expect((await dashboardOf(store).ask(path, "POST")).status).toBe(502);
    }
    expect(said).toEqual([]);
  });

  test("for all that the store fails midway are in the log, with how many are known to have been done", async () => {
    const store = memoryStore();
    for (let count = 0; count < 50; count++) await commandFleet(store, `c${count}`, command);
    let left = 25;
    const dying: Store = {
      ...store,
      // A command is first sent to learn where the circuit stands.
      step: (circuit, request) =>
        ("seen" in request && request.seen === 0) || left-- > 0
          ? store.step(circuit, request)
          : Promise.reject(new Error("token=secret")),
    };
    const response = await dashboardOf(dying).ask("/fleet/all/close?reason=over", "POST");
    const words = "The store does not answer: 25 of 50 circuits are known to have been given the command.";
    expect([response.status, await response.json()]).toEqual([
      502,
      expect.objectContaining({ title: words }),
    ]);
    expect(said).toEqual([
      `next-protego: fleet: close all shared circuits by "ada", because "over"; ${words}`,
    ]);
  });

  test("for all reach the others where one circuit allows no such length", async () => {
    const kept = memoryStore();
    circuits.register("b here", { store: shareStore(kept) });
    for (const name of ["a", "b here", "c"]) await commandFleet(kept, name, { ...command, type: "close" });
    const response = await dashboardOf().ask("/fleet/all/open?for=1h", "POST");
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("2 of 3 circuits were given the command.");
    const listed = (await kept.list!(10)).circuits.map(({ circuit, record }) => [
      circuit,
      typeof record === "object" && record.isOpen,
    ]);
    expect(Object.fromEntries(listed)).toEqual({ a: true, "b here": false, c: true });
    expect(said).toEqual([
      expect.stringMatching(/^next-protego: fleet: open all .* for 60 min by "ada"; 2 of 3 /),
    ]);
  });

  test("go to the store of the circuit where there are several, and not to any", async () => {
    const [first, second] = [memoryStore(), memoryStore()];
    circuits.register("mail", { store: shareStore(first) });
    circuits.register("payments", { store: shareStore(second) });
    const { ask } = dashboardOf();
    expect((await ask("/fleet/circuits/payments/hold-open", "POST")).status).toBe(200);
    await vi.waitFor(async () =>
      expect((await second.list!(10)).circuits[0]).toMatchObject({ record: { isForced: true } }),
    );
    expect((await first.list!(10)).circuits).toEqual([]);
    for (const path of ["/fleet/all/open", "/fleet/circuits/unknown/open"]) {
      const response = await ask(path, "POST");
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("?store=")]);
    }
  });

  test("what people wrote ends no line of the log, and turns no text around", async () => {
    const wild = "a\u009b31m\u2028b\u202ec\n";
    await dashboardOf(memoryStore()).ask(
      `/fleet/circuits/${encodeURIComponent(wild)}/open?reason=${encodeURIComponent(`x${wild}x`)}`,
      "POST",
    );
    expect(said[0]).toMatch(/^[\x20-\x7e]+$/);
    expect(said[0]).toContain(String.raw`"a\u009b31m\u2028b\u202ec\n" by "ada", because "xa`);
  });

  test("a store that never answers holds nobody who commands for longer than three seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const deaf = { ...memoryStore(), step: () => new Promise<never>(() => {}) };
      for (const path of ["/fleet/circuits/payments/open", "/fleet/circuits/payments/open?seen=1"]) {
        const response = dashboardOf(deaf).ask(path, "POST");
        await vi.advanceTimersByTimeAsync(3000);
        expect((await response).status).toBe(502);
      }
      const list = dashboardOf({ ...memoryStore(), list: () => new Promise(() => {}) }).ask(
        "/fleet/all/close",
        "POST",
      );
      await vi.advanceTimersByTimeAsync(3000);
      expect((await list).status).toBe(502);
    } finally {
      vi.useRealTimers();
    }
  });

  test("for all are for all, although the page reads fewer", async () => {
    const store = memoryStore();
    for (let count = 0; count < 620; count++) await commandFleet(store, `c${count}`, command);
    const { ask } = dashboardOf(store);
    expect((await ask("/fleet/all/close", "POST")).status).toBe(200);
    const { circuits: listed } = await store.list!(1000);
    const isClosed = ({ record }: (typeof listed)[number]): boolean =>
      typeof record === "object" && !record.isOpen;
    expect(listed.filter(isClosed)).toHaveLength(620);
  });

  test("for all say so where not all were found", async () => {
    const store = memoryStore();
    await commandFleet(store, "payments", command);
    const { ask } = dashboardOf({
      ...store,
      list: async (most) => ({ ...(await store.list!(most)), isCutShort: true }),
    });
    const response = await ask("/fleet/all/close", "POST");
    expect(response.status).toBe(502);
    expect(await response.text()).toContain("not all were given the command");
    expect(said).toEqual([expect.stringContaining("close all shared circuits")]);
  });

  test.each([
    ["/fleet/circuits//open", 404],
    ["/fleet/circuits/payments/explode", 404],
    ["/fleet/circuits/payments/reset", 404],
    ["/fleet/circuits/%E0/open", 404],
    ["/fleet/all", 404],
    ["/fleet", 404],
    ["/fleet/circuits/payments/open?store=99", 404],
  ])("POST %s is answered with %i", async (path, status) => {
    expect((await dashboardOf(memoryStore()).ask(path, "POST")).status).toBe(status);
  });

  test("another site cannot send one", async () => {
    const { ask } = dashboardOf(memoryStore());
    const response = await ask("/fleet/all/open", "POST", { "sec-fetch-site": "cross-site" });
    expect(response.status).toBe(403);
  });

  test("a page without a script comes back to the fleet", async () => {
    const { ask } = dashboardOf(memoryStore());
    const html = { accept: "text/html" };
    for (const path of ["/fleet/circuits/payments/open", "/fleet/all/close"]) {
      const response = await ask(path, "POST", html);
      const back = new URL(response.headers.get("location")!, `${origin}/protego${path}`);
      expect([response.status, back.pathname]).toEqual([303, "/protego/fleet"]);
    }
  });
});

test("the place of the page is found from every address of the fleet's", async () => {
  const { fetch } = createDashboard({ authorize: () => true, store: shareStore(memoryStore()) });
  const page = await (await fetch(new Request(`${origin}/admin/fleet`))).text();
  expect(page).toContain('<base href="/admin/"');
  const live = await fetch(new Request(`${origin}/admin/fleet/live`));
  expect(live.headers.get("content-type")).toBe("application/json");
});

test.each([
  "<img src=x onerror=alert(1)>",
  `"><script>alert(1)</script>`,
  "' onmouseover='alert(1)",
  "\u202egnp.exe",
  "~..",
  "..",
])("hostile names, labels and notes are text: %j", async (wild) => {
  const store = memoryStore();
  await commandFleet(store, wild, { ...command, by: wild, why: wild });
  await commandFleet(store, `closed ${wild}`, { ...command, type: "close", by: wild, why: wild });
  const report = { type: "report", reporter: 1, sequence: 1, run: 1, seen: -1, life: 3 } as const;
  await store.step(`voted ${wild}`, { ...rules, ...report });
  await store.note!({ about: "isolate", reporter: 1, label: wild });
  const { ask } = dashboardOf(store);
  for (const path of ["/fleet", "/fleet/live"]) {
    const answer = await ask(path);
    const text = path === "/fleet" ? await answer.text() : JSON.stringify(await answer.json());
    expect(text).not.toContain("<img");
    expect(text).not.toContain("<script>alert");
    expect(text).not.toMatch(/ onmouseover='/);
    expect(text).not.toContain("\u202e");
  }
  const action = `/fleet/circuits/${encodeURIComponent(/^(~|\.)/.test(wild) ? `~${wild}` : wild)}/close`;
  expect((await ask(action, "POST")).status).toBe(200);
  const { circuits: listed } = await store.list!(10);
  expect(listed.find(({ circuit }) => circuit === wild)!.record).toMatchObject({ isOpen: false });
});

test("a bad store is refused at creation", () => {
  expect(() => createDashboard({ store: "redis://" as never })).toThrow(/option "store"/);
});
