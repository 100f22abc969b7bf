import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, type FetchTarget } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

let warn: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  warn.mockRestore();
  resetCircuits();
});

const fine = async (): Promise<Response> => new Response();
const names = (): string[] => circuits.list().map(({ name }) => name);

test("a name gathers the calls of all origins in one circuit", async () => {
  const fetch = createProtectedFetch({ name: "partners", fetch: fine });
  for (const url of ["http://a.test", "https://b.test", "http://a.test:81/x"]) await fetch(url);
  expect(names()).toEqual(["partners"]);
  expect(circuits.get("partners")!.snapshot().totals.allowed).toBe(3);
});

test("two fetches of one name share their circuit", async () => {
  const failing = createProtectedFetch({ name: "shared", fetch: async () => Response.error() });
  const other = createProtectedFetch({ name: "shared", fetch: fine });
  circuits.register("shared").open();
  for (const fetch of [failing, other]) {
    await expect(fetch("http://a.test")).rejects.toMatchObject({ circuit: "shared" });
  }
});

describe("a naming function", () => {
  test.each<[string, Parameters<typeof globalThis.fetch>, [string, string, string | null]]>([
    ["a string", ["http://A.test:80/x"], ["http://a.test/x", "GET", null]],
    ["a URL", [new URL("http://a.test/x?y=1")], ["http://a.test/x?y=1", "GET", null]],
    ["a lower-case method", ["http://a.test/", { method: "post" }], ["http://a.test/", "POST", null]],
    [
      "a Request",
      [new Request("http://a.test/", { method: "PUT", headers: { tenant: "7" } })],
      ["http://a.test/", "PUT", "7"],
    ],
    [
      "an init over a Request",
      [
        new Request("http://a.test/", { headers: { tenant: "7" } }),
        { method: "DELETE", headers: [["Tenant", "8"]] },
      ],
      ["http://a.test/", "DELETE", "8"],
    ],
  ])("sees url, method and headers of %s", async (_, args, expected) => {
    const seen: unknown[] = [];
    const name = ({ url, method, headers }: FetchTarget): string => {
      seen.push([url, method, headers.get("tenant")]);
      return "seen";
    };
    await createProtectedFetch({ name, fetch: fine })(...args);
    expect(seen).toEqual([expected]);
    expect(names()).toEqual(["seen"]);
  });

  test("is asked at each call", async () => {
    const name = ({ url }: FetchTarget): string => `tenant ${new URL(url).pathname.split("/")[1]}`;
    const fetch = createProtectedFetch({ name, fetch: fine });
    for (const path of ["1/a", "2/a", "1/b"]) await fetch(`http://a.test/${path}`);
    expect(names()).toEqual(["tenant 1", "tenant 2"]);
  });

  test.each<[string, () => unknown]>([
    ["throws", () => JSON.parse("{")],
    ["answers nothing", () => undefined],
    ["answers an empty string", () => ""],
    ["answers a number", () => 7],
    ["answers an object", () => ({ toString: () => "no" })],
    ["answers a promise", () => Promise.resolve("late")],
  ])("that %s leaves the call its origin's circuit", async (_, name) => {
    const fetch = createProtectedFetch({ name: name as () => string, fetch: fine });
    expect((await fetch("http://a.test/x")).status).toBe(200);
    expect(names()).toEqual(["http://a.test"]);
  });

  test("is not asked about what makes no sense as a URL", async () => {
    const name = vi.fn<() => string>(() => "named");
    await createProtectedFetch({ name })("not a url").catch(() => {});
    expect(name).not.toHaveBeenCalled();
  });
});

test.each([
  ["", TypeError],
  [7, RangeError],
  [null, TypeError],
  [{}, TypeError],
])("%j is no name: it throws when the wrapper is made", (name, kind) => {
  expect(() => createProtectedFetch({ name: name as string })).toThrow(kind);
  expect(() => createProtectedFetch({ name: name as string })).toThrow(/"name"/);
});
