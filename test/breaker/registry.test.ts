import { beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, protect } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(() => {
  resetCircuits();
  circuits.limit(1000);
});

const hostileNames = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "valueOf",
  " ",
  "\u0000",
  "\u202e",
  "日本 🚀",
  "a;b;3",
  "{}",
  "../../etc",
  "x".repeat(10_000),
];

describe("names", () => {
  test.each(hostileNames)("%j is a name like any other", async (name) => {
    const fails = protect(() => Promise.reject(new Error("down")), { name, failureThreshold: 1 });
    await fails().catch(() => {});
    expect(circuits.get(name)!.state).toBe("open");
    expect(circuits.list()).toHaveLength(1);
    for (const other of hostileNames.filter((each) => each !== name)) {
      expect(circuits.get(other)).toBeUndefined();
    }
    expect(({} as Record<string, unknown>)["state"]).toBeUndefined();
  });

  test("a name with half a character in it can be written to a URL", () => {
    const { name } = circuits.register("half \ud83d");
    expect(() => encodeURIComponent(name)).not.toThrow();
    expect(circuits.get("half \ud83d")?.name).toBe(name);
  });

  test("names of 10 kB are kept short and stay distinct", () => {
    const [one, other] = ["a", "b"].map((end) => "x".repeat(10_000) + end);
    circuits.register(one!).open();
    circuits.register(other!);
    expect(circuits.get(one!)!.state).toBe("open");
    expect(circuits.get(other!)!.state).toBe("closed");
    for (const { name } of circuits.list()) expect(name.length).toBeLessThan(600);
  });

  test("a million origins stay within the bound", async () => {
    circuits.limit(50);
    const fetch = createProtectedFetch({ fetch: () => Promise.resolve(new Response()) });
    for (let i = 0; i < 20_000; i++) await fetch(`https://${i}.tenants.test/`);
    expect(circuits.list()).toHaveLength(50);
  });

  test.each([
    ["https://API.test/a", "https://api.test:443/b"],
    ["https://user:secret@api.test/", "https://api.test/"],
    ["https://api.test/a/../b", "https://api.test/"],
    ["https://日本.test/", "https://xn--wgv71a.test/"],
  ])("%s and %s are one origin", async (one, other) => {
    const fetch = createProtectedFetch({ fetch: () => Promise.resolve(new Response()) });
    await fetch(one);
    await fetch(other);
    expect(circuits.list()).toHaveLength(1);
    expect(circuits.list()[0]!.snapshot().totals.succeeded).toBe(2);
    expect(circuits.list()[0]!.name).not.toContain("secret");
  });

  test.each([
    ["http://api.test/", "https://api.test/"],
    ["https://api.test/", "https://api.test:8443/"],
    ["https://api.test/", "https://api.test.evil.test/"],
    ["https://api.test/", "https://www.api.test/"],
  ])("%s and %s are two", async (one, other) => {
    const fetch = createProtectedFetch({ fetch: () => Promise.resolve(new Response()) });
    await fetch(one);
    await fetch(other);
    expect(circuits.list()).toHaveLength(2);
  });
});

describe("the bound", () => {
  const call = (name: string) => protect(() => Promise.resolve(1), { name })();

  test("idle closed circuits go first, used ones stay, open ones always", async () => {
    circuits.limit(3);
    circuits.register("open").open();
    await call("idle");
    await call("another");
    await call("new");
    expect(circuits.get("open")!.state).toBe("open");
    expect(circuits.list()).toHaveLength(3);
    expect(circuits.get("new")).toBeDefined();
  });

  test("lowering it makes room at once, as far as circuits are not needed", async () => {
    circuits.register("registered");
    for (let i = 0; i < 20; i++) await call(`circuit ${i}`);
    circuits.limit(5);
    expect(circuits.list()).toHaveLength(5);
    expect(circuits.get("registered")).toBeDefined();
  });

  test("a wrapper whose circuit was forgotten goes on with a new one", async () => {
    const run = protect(() => Promise.resolve(1), { name: "mine" });
    await run();
    circuits.limit(1);
    circuits.register("theirs");
    circuits.limit(10);
    await run();
    expect(circuits.get("mine")!.snapshot().totals.succeeded).toBe(1);
  });

  test.each([[0], [-1], [1.5], [NaN], [Infinity], ["10"], [null]])("%j is no bound", (wrong) => {
    expect(() => circuits.limit(wrong as never)).toThrow(/"capacity" must be a whole number/);
  });
});

describe("what others have left in its place on globalThis", () => {
  const key = Symbol.for("next-protego/registry/2");
  test.each([[undefined], [null], [7], [{}], [{ breakers: {} }], ["registry"]])(
    "%j is survived",
    async (left) => {
      (globalThis as Record<symbol, unknown>)[key] = left;
      await protect(() => Promise.resolve(1), { name: "after" })();
      expect(circuits.get("after")).toBeDefined();
    },
  );
});

describe("one name, two sets of options", () => {
  test("those of the wrapper made last hold, state and counts stay, and the developer is told once", async () => {
    vi.stubEnv("NODE_ENV", "development");
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const first = protect(() => Promise.reject(new Error("down")), {
      name: "twice told",
      failureThreshold: 5,
    });
    await first().catch(() => {});
    const second = protect(() => Promise.reject(new Error("down")), {
      name: "twice told",
      failureThreshold: 2,
    });
    await second().catch(() => {});
    expect(circuits.get("twice told")!.state).toBe("open");
    expect(circuits.get("twice told")!.snapshot().totals.failed).toBe(2);
    await first().catch(() => {});
    await first().catch(() => {});
    const told = warn.mock.calls.filter(([line]) =>
      String(line).includes('[two-values] circuit "twice told"'),
    );
    expect(told).toHaveLength(1);
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  test("two wrappers do not take turns", async () => {
    const strict = protect(() => Promise.resolve(), { name: "turns", failureThreshold: 2 });
    const lenient = protect(() => Promise.resolve(), { name: "turns", failureThreshold: 9 });
    await strict();
    await lenient();
    await strict();
    expect(circuits.get("turns")!.snapshot().options.failureThreshold).toBe(9);
  });
});
