import { createContext, runInContext } from "node:vm";
import { beforeAll, describe, expect, test } from "vitest";
import { bundle } from "./bundle.ts";

/** As React Native has them: without a reason, without `any` and `timeout`, and no DOMException anywhere. */
class PlainSignal extends EventTarget {
  aborted = false;
  readonly [Symbol.toStringTag] = "AbortSignal";
}
class PlainController {
  readonly signal = new PlainSignal();
  abort(): void {
    this.signal.aborted = true;
    this.signal.dispatchEvent(new Event("abort"));
  }
}

/** Hangs until its signal aborts, as fetch does, or answers without a stream. */
const fetch = (url: string, { signal }: { signal?: EventTarget } = {}): Promise<unknown> =>
  new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () =>
      reject(Object.assign(new Error("Aborted"), { name: "AbortError" })),
    );
    if (url.endsWith("/hang")) return;
    if (url.endsWith("/down")) reject(new TypeError("Network request failed"));
    else resolve({ ok: true, status: 200, headers: new Headers(), text: async () => "fine" });
  });

const globals = {
  fetch,
  performance,
  URL,
  Headers,
  Request,
  Response,
  EventTarget,
  setTimeout,
  clearTimeout,
};
const own = ["Array.prototype.at", "Array.prototype.findLast", "Array.prototype.toSorted", "Object.hasOwn"];

const engines = [
  {
    engine: "Safari 15.0",
    has: { ...globals, AbortController, AbortSignal: class {}, DOMException, ReadableStream, queueMicrotask },
    lacks: own,
  },
  {
    engine: "Hermes, as React Native has it",
    has: { ...globals, AbortController: PlainController, AbortSignal: PlainSignal },
    lacks: own,
  },
];

let code: string;
beforeAll(async () => {
  const contents = `
    import * as protego from "next-protego";
    import * as rules from "next-protego/options";
    globalThis.protego = { ...protego, ...rules };
  `;
  code = await bundle(contents, { format: "iife", platform: "browser" });
});

describe.each(engines)("with what $engine has", ({ has, lacks }) => {
  function run(script: string): Promise<unknown> {
    const context = createContext({ ...has });
    for (const name of lacks) runInContext(`delete ${name}`, context);
    runInContext(code, context);
    return runInContext(
      `(async () => {
        const { abortable, circuits, createProtectedFetch, protect, ...rules } = protego;
        const counts = (name) => { const { totals, inFlight } = circuits.get(name).snapshot(); return [totals.succeeded, totals.failed, totals.ignored, inFlight]; };
        const thrown = (promise) => promise.then(() => "nothing", ({ name, message }) => name + ": " + message);
        ${script}
      })()`,
      context,
    ) as Promise<unknown>;
  }

  test("a timeout counts, gives its place back, ends the request and is a TimeoutError", async () => {
    const seen = await run(`
      const signals = [];
      const mine = createProtectedFetch({ name: "api", timeout: 20, fetch: (url, init) => { signals.push(init.signal); return fetch(url, init); } });
      return [await thrown(mine("https://api.test/hang")), counts("api"), signals[0].aborted];
    `);
    const text = "next-protego [timeout] api: waiting for the response headers took longer than 20 ms";
    expect(seen).toEqual([`TimeoutError: ${text}`, [0, 1, 0, 0], true]);
  });

  test("a function's timeout does, too", async () => {
    const seen = await run(`
      const slow = protect(abortable((signal, one) => one ?? new Promise(() => {})), { name: "work", timeout: 20 });
      return [await slow(7), await thrown(slow()), counts("work")];
    `);
    expect(seen).toEqual([
      7,
      "TimeoutError: next-protego [timeout] work took longer than 20 ms",
      [1, 1, 0, 0],
    ]);
  });

  test("the caller's abort ends a request, and does not count", async () => {
    const seen = await run(`
      const mine = createProtectedFetch({ timeout: 5000 });
      const controller = new AbortController();
      const answer = thrown(mine("https://api.test/hang", { signal: controller.signal }));
      controller.abort();
      return [(await answer).split(":")[0], counts("https://api.test")];
    `);
    expect(seen).toEqual(["AbortError", [0, 0, 1, 0]]);
  });

  test.each([
    "undefined",
    'failureRate({ threshold: 0.5, window: "10s", minimumCalls: 4 })',
    'anyOf(failureRate({ threshold: 0.5, window: 10, minimumCalls: 4 }), slowCalls({ duration: "1s", threshold: 0.5, window: "10s" }))',
  ])("an upstream that is down is not called any more: %s", async (rule) => {
    const seen = await run(`
      const { ${rule === "undefined" ? "" : "anyOf, failureRate, slowCalls"} } = rules;
      const { staleIfError, watchBody } = rules;
      const options = { timeout: 5000, opensOn: ${rule}, watchBody: watchBody(), stale: staleIfError() };
      const mine = createProtectedFetch({ name: "api", ...options });
      const texts = [await (await mine("https://api.test/")).text()];
      for (let i = 0; i < 4; i++) texts.push((await thrown(mine("https://api.test/down"))).split(":")[0]);
      return texts;
    `);
    expect(seen).toEqual(["fine", "TypeError", "TypeError", "TypeError", "CircuitOpenError"]);
  });
});
