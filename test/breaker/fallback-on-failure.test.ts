import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, protect, withProtego } from "../../src/index.ts";
import { staleIfError } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";

let scope: { type: string } | undefined;
vi.mock("../../src/runtime/render-scope.none.ts", () => ({ renderScope: () => scope }));

beforeEach(resetCircuits);
afterEach(() => (scope = undefined));

const totals = () => circuits.get("upstream")!.snapshot().totals;
const down = new TypeError("fetch failed");
const failing = () => new Response("broken", { status: 503 });

type Options = { fallbackOnFailure: unknown; [option: string]: unknown };
type Wrap = (upstream: () => unknown, options: Options) => () => Promise<unknown>;

const read = async (response: unknown): Promise<unknown> =>
  response instanceof Response ? `${response.status} ${await response.text()}` : response;

const wrappers: Array<[string, Wrap]> = [
  [
    "fetch",
    (upstream, options) => {
      const fetch = createProtectedFetch({
        name: "upstream",
        ...(options as object),
        fetch: async () => upstream() as Response,
      });
      return async () => read(await fetch("https://up.test/"));
    },
  ],
  [
    "withProtego",
    (upstream, options) => {
      const route = withProtego(async () => upstream() as Response, {
        name: "upstream",
        ...(options as object),
      });
      return async () => read(await route({} as never, {} as never));
    },
  ],
  [
    "protect",
    (upstream, options) => {
      const isFailure = (outcome: { value?: unknown }, byDefault: boolean): boolean =>
        byDefault || (outcome.value as Response | undefined)?.status === 503;
      const run = protect(async () => upstream(), { name: "upstream", isFailure, ...(options as object) });
      return async () => read(await run());
    },
  ],
];

describe.each(wrappers)("fallbackOnFailure of %s", (_wrapper, wrap) => {
  const rejecting = (): never => {
    throw down;
  };
  test.each([
    ["an error", rejecting],
    ["a failing answer", failing],
  ])(
    "answers in place of %s, from the first on, and the failure counts all the same",
    async (_, upstream) => {
      const run = wrap(upstream, { fallbackOnFailure: () => new Response("instead"), failureThreshold: 5 });
      for (let call = 0; call < 3; call++) expect(await run()).toBe("200 instead");
      expect(totals()).toMatchObject({ failed: 3, succeeded: 0 });
    },
  );

  test("a Response serves any number of calls", async () => {
    const run = wrap(rejecting, { fallbackOnFailure: new Response("instead"), failureThreshold: 50 });
    for (let call = 0; call < 20; call++) expect(await run()).toBe("200 instead");
  });

  test("is told the error and the arguments", async () => {
    const fallbackOnFailure = vi.fn<(context: unknown) => Response>(() => new Response("instead"));
    await wrap(rejecting, { fallbackOnFailure })();
    expect(fallbackOnFailure.mock.calls[0]![0]).toMatchObject({ error: down });
    expect((fallbackOnFailure.mock.calls[0]![0] as { args: unknown }).args).toBeInstanceOf(Array);
  });

  test("that has nothing to say leaves the error, and the failing answer with its body", async () => {
    await expect(wrap(rejecting, { fallbackOnFailure: () => undefined })()).rejects.toBe(down);
    expect(await wrap(failing, { fallbackOnFailure: () => undefined })()).toBe("503 broken");
  });

  test("that throws rejects with its own error", async () => {
    const own = new Error("of the fallback");
    await expect(wrap(rejecting, { fallbackOnFailure: () => Promise.reject(own) })()).rejects.toBe(own);
    expect(totals()).toMatchObject({ failed: 1 });
  });

  test("does not answer for good answers, nor for errors that do not count", async () => {
    const fallbackOnFailure = vi.fn<() => Response>(() => new Response("instead"));
    expect(await wrap(() => new Response("good"), { fallbackOnFailure })()).toBe("200 good");
    await expect(wrap(rejecting, { fallbackOnFailure, ignoreErrors: [TypeError] })()).rejects.toBe(down);
    expect(fallbackOnFailure).not.toHaveBeenCalled();
  });

  test.each(["prerender", "prerender-ppr", "cache", "unstable-cache"])(
    "never answers in a %s",
    async (type) => {
      const run = wrap(rejecting, { fallbackOnFailure: () => new Response("instead"), failureThreshold: 9 });
      scope = { type };
      await expect(run()).rejects.toBe(down);
      scope = { type: "request" };
      expect(await run()).toBe("200 instead");
    },
  );

  test("is another one than fallback, which answers for refusals", async () => {
    const run = wrap(rejecting, {
      fallback: () => new Response("refused"),
      fallbackOnFailure: () => new Response("failed"),
      failureThreshold: 1,
    });
    expect(await run()).toBe("200 failed");
    expect(await run()).toBe("200 refused");
  });
});

test("the failing answer that nobody reads is closed, and the last good one comes first", async () => {
  const cancelled = vi.fn<() => void>();
  let isDown = false;
  const fetch = createProtectedFetch({
    name: "upstream",
    stale: staleIfError({ key: ({ url }) => url }),
    fallbackOnFailure: () => new Response("instead"),
    fetch: async (input) =>
      isDown
        ? new Response(new ReadableStream({ cancel: cancelled }), { status: 500 })
        : new Response(`good ${String(input as string)}`),
  });
  await (await fetch("https://up.test/a")).text();
  isDown = true;
  expect(await (await fetch("https://up.test/a")).text()).toBe("good https://up.test/a");
  expect(await (await fetch("https://up.test/b")).text()).toBe("instead");
  expect(cancelled).toHaveBeenCalledTimes(2);
});

test("in place of a rejected item of a generator nothing can answer: it throws", async () => {
  const generate = protect(
    // oxlint-disable-next-line require-yield
    async function* (): AsyncGenerator<number> {
      throw down;
    },
    { name: "upstream", fallbackOnFailure: "instead" as never },
  );
  await expect(generate().next()).rejects.toBe(down);
});
