import { describe, expect, test } from "vitest";
import { guardedFetch } from "./guarded-fetch.ts";

type Init = RequestInit & { next?: { revalidate?: number; tags?: string[] } };

/** A fetch that scribbles into the init it gets, as Next's does. */
function scribbling(seen: Init[]): typeof globalThis.fetch {
  return async (_, given) => {
    const init = given as Init;
    seen.push(init);
    init.method = "SCRIBBLED";
    if (init.next) init.next.revalidate = 7;
    return new Response();
  };
}

function deepFreeze<Kind extends object>(value: Kind): Kind {
  for (const held of Object.values(value))
    if (Object.getPrototypeOf(held) === Object.prototype) Object.freeze(held);
  return Object.freeze(value);
}

describe.each([
  ["with a timeout", "10s"],
  ["without a timeout", false],
] as const)("%s", (_, timeout) => {
  test("a frozen init goes through, and is not the object that fetch gets", async () => {
    const seen: Init[] = [];
    const { fetch } = guardedFetch({ fetch: scribbling(seen), timeout });
    const init = deepFreeze<Init>({
      method: "PUT",
      headers: { a: "b" },
      next: { revalidate: 60, tags: ["t"] },
    });
    await fetch("http://a.test", init);
    expect(seen[0]).not.toBe(init);
    expect(init).toEqual({ method: "PUT", headers: { a: "b" }, next: { revalidate: 60, tags: ["t"] } });
  });

  test("each call gets a copy of its own", async () => {
    const seen: Init[] = [];
    const { fetch } = guardedFetch({ fetch: scribbling(seen), timeout });
    const init: Init = { method: "PUT", next: { revalidate: 60 } };
    await Promise.all([fetch("http://a.test", init), fetch("http://a.test", init)]);
    expect(new Set([init, ...seen])).toHaveLength(3);
    expect(new Set([init.next, ...seen.map(({ next }) => next)])).toHaveLength(3);
    expect(init).toEqual({ method: "PUT", next: { revalidate: 60 } });
  });

  test("what fetch does not know is passed on, the very same values", async () => {
    const dispatcher = {};
    const body = new FormData();
    let seen: Record<string, unknown> = {};
    const { fetch } = guardedFetch({
      fetch: async (_, init) => {
        seen = init as never;
        return new Response();
      },
      timeout,
    });
    await fetch("http://a.test", { method: "POST", body, dispatcher, cf: { image: 1 } } as RequestInit);
    expect(seen["dispatcher"]).toBe(dispatcher);
    expect(seen["body"]).toBe(body);
    expect(seen["cf"]).toEqual({ image: 1 });
  });

  test("members of an init that are inherited or getters are seen by fetch", async () => {
    class Init {
      readonly headers = { a: "b" };
      get method(): string {
        return "PATCH";
      }
    }
    let seen: RequestInit | undefined;
    const { fetch } = guardedFetch({
      fetch: async (_, init) => {
        seen = init;
        return new Response();
      },
      timeout,
    });
    await fetch("http://a.test", new Init());
    expect(seen).toMatchObject({ method: "PATCH", headers: { a: "b" } });
  });

  test("the wrapper's own member does not reach fetch, and stays in the caller's init", async () => {
    const seen: Init[] = [];
    const { fetch } = guardedFetch({ fetch: scribbling(seen), timeout });
    const init = Object.freeze({ protego: { fallback: () => new Response() } });
    await fetch("http://a.test", init);
    expect(seen[0]).not.toHaveProperty("protego");
    expect(init).toHaveProperty("protego");
  });
});
