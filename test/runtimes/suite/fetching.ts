import type { ProtectedFetchOptions } from "../../../src/index.ts";
import { equal, errorOf, match } from "./assert.ts";
import type { Api, Check, Upstream } from "./check.ts";
import { handClock } from "./hand-clock.ts";

let serial = 0;

/** A protected fetch with a circuit of its own. */
function named(api: Api, options: ProtectedFetchOptions = {}) {
  const name = `fetching ${++serial}`;
  const clock = handClock();
  return {
    clock,
    fetch: api.createProtectedFetch({ name, clock, ...options }),
    circuit: () => api.circuits.get(name)!,
    counts: () => {
      const { succeeded, failed, ignored } = api.circuits.get(name)?.snapshot().totals ?? {};
      return { succeeded, failed, ignored };
    },
  };
}

const one = {
  success: { succeeded: 1, failed: 0, ignored: 0 },
  failure: { succeeded: 0, failed: 1, ignored: 0 },
  ignored: { succeeded: 0, failed: 0, ignored: 1 },
};

async function hits({ url }: Upstream, id: string): Promise<number> {
  return Number(await (await fetch(`${url}/hits?id=${id}`)).text());
}

function statusCheck(status: number, expected: object): Check {
  return {
    name: `${status} ${expected === one.failure ? "counts as a failure" : "counts as a success"}`,
    async run(api, { url }) {
      const { fetch, counts } = named(api);
      const response = await fetch(`${url}/status/${status}`);
      equal(response.status, status, "the status");
      await response.text();
      equal(counts(), expected, "what was counted");
    },
  };
}

/** A mistake of the caller's that no upstream ever sees. */
function mistakeCheck(what: string, send: (fetch: typeof globalThis.fetch, url: string) => unknown): Check {
  return {
    name: `${what} is the caller's mistake and does not count`,
    async run(api, { url }) {
      const { fetch, circuit, counts } = named(api);
      const native = await errorOf(() => send(globalThis.fetch, url), "the native fetch");
      for (let i = 0; i < 4; i++) {
        const error = await errorOf(() => send(fetch, url), "the protected fetch");
        equal([error.name, error.message], [native.name, native.message], "the error");
      }
      equal(counts().failed ?? 0, 0, "failures");
      equal(circuit()?.state ?? "closed", "closed", "the state");
    },
  };
}

const bodyOnGet = { method: "GET", body: "no" };

export const fetching: Check[] = [
  ...[500, 502, 503, 504, 429, 408].map((status) => statusCheck(status, one.failure)),
  ...[200, 204, 304, 400, 401, 404, 409].map((status) => statusCheck(status, one.success)),
  mistakeCheck("a bad URL", (fetch) => fetch("http://")),
  mistakeCheck("a URL of an unknown scheme", (fetch) => fetch("parsec://example.com/")),
  mistakeCheck("a body on GET", (fetch, url) => fetch(`${url}/echo`, bodyOnGet)),
  mistakeCheck("a bad header name", (fetch, url) => fetch(`${url}/echo`, { headers: { "no spaces": "x" } })),
  mistakeCheck("a bad method", (fetch, url) => fetch(`${url}/echo`, { method: "NO SPACES" })),
  {
    name: "it looks like fetch",
    run(api) {
      const fetch = api.createProtectedFetch();
      equal([fetch.name, fetch.length], ["fetch", 1], "name and length");
    },
  },
  {
    name: "each origin has a circuit of its own, and an open one leaves the others alone",
    async run(api, upstream) {
      const fetch = api.createProtectedFetch();
      const down = new URL(upstream.url).origin;
      for (let i = 0; i < 3; i++) await (await fetch(`${upstream.url}/status/503`)).text();
      equal(api.circuits.get(down)?.state, "open", "the failing origin");
      const error = await errorOf(
        () => fetch(`${upstream.url}/status/200?id=by-origin`),
        "the failing origin",
      );
      equal([error.name, (error as { circuit?: string }).circuit], ["CircuitOpenError", down], "the refusal");
      equal(await hits(upstream, "by-origin"), 0, "requests that reached it");
      equal((await fetch(`${upstream.otherUrl}/status/200`)).status, 200, "the other origin");
      api.circuits.get(down)?.reset();
      equal((await fetch(`${upstream.url}/status/200`)).status, 200, "once it is closed");
    },
  },
  {
    name: "the upstream that recovers is called again",
    async run(api, { url }) {
      const { clock, fetch, circuit } = named(api);
      for (let i = 0; i < 3; i++) await (await fetch(`${url}/status/500`)).text();
      clock.pass(60_000);
      for (let i = 0; i < 2; i++) equal((await fetch(`${url}/status/200`)).status, 200, "a trial");
      equal(circuit().state, "closed", "after two trials");
    },
  },
  {
    name: "a hanging upstream ends in a TimeoutError, counts, and is hung up on",
    async run(api, upstream) {
      const { fetch, counts } = named(api, { timeout: "30ms" });
      const error = await errorOf(() => fetch(`${upstream.url}/hang?id=hung-up`), "the timeout");
      equal(error.name, "TimeoutError", "its name");
      match(error.message, /30 ms/, "its message");
      equal(counts(), one.failure, "what was counted");
      equal(await (await globalThis.fetch(`${upstream.url}/closed?id=hung-up`)).text(), "closed", "the wire");
    },
  },
  {
    name: "the caller's abort ends the call with its own reason and does not count",
    async run(api, { url }) {
      const { fetch, counts } = named(api);
      const controller = new AbortController();
      const reason = new Error("the visitor left");
      const failing = errorOf(
        () => fetch(`${url}/hang?id=abort`, { signal: controller.signal }),
        "the abort",
      );
      await (await globalThis.fetch(`${url}/arrived?id=abort`)).text();
      controller.abort(reason);
      const error = await failing;
      // Not always the same object: workerd's own fetch rejects with a copy.
      equal([error.name, error.message], [reason.name, reason.message], "the reason");
      equal(counts(), one.ignored, "what was counted");
    },
  },
  {
    name: "a call whose signal is aborted before it starts does not count",
    async run(api, { url }) {
      const { fetch, counts } = named(api);
      const error = await errorOf(() => fetch(`${url}/echo`, { signal: AbortSignal.abort() }), "the abort");
      equal(error.name, "AbortError", "its name");
      equal(counts(), one.ignored, "what was counted");
    },
  },
  {
    name: "the caller's AbortSignal.timeout counts as a failure",
    async run(api, { url }) {
      const { fetch, counts } = named(api);
      const signal = AbortSignal.timeout(30);
      const error = await errorOf(() => fetch(`${url}/hang?id=deadline`, { signal }), "the deadline");
      equal(error.name, "TimeoutError", "its name");
      equal(counts(), one.failure, "what was counted");
    },
  },
  {
    name: "the signal of a Request is heard",
    async run(api, { url }) {
      const { fetch, counts } = named(api);
      const controller = new AbortController();
      const request = new Request(`${url}/hang?id=request-abort`, { signal: controller.signal });
      const failing = errorOf(() => fetch(request), "the abort");
      await (await globalThis.fetch(`${url}/arrived?id=request-abort`)).text();
      controller.abort();
      equal((await failing).name, "AbortError", "its name");
      equal(counts(), one.ignored, "what was counted");
    },
  },
  {
    name: "a refused port counts, with the error that fetch itself gives",
    async run(api, { refusedUrl }) {
      const { fetch, circuit, counts } = named(api);
      const native = await errorOf(() => globalThis.fetch(refusedUrl), "the native fetch");
      const error = await errorOf(() => fetch(refusedUrl), "the protected fetch");
      equal([error.name, error.constructor.name], [native.name, native.constructor.name], "the error");
      equal(counts(), one.failure, "what was counted");
      await errorOf(() => fetch(refusedUrl), "the second");
      await errorOf(() => fetch(refusedUrl), "the third");
      equal(circuit().state, "open", "after three");
    },
  },
  {
    name: "a connection that is reset before the headers counts",
    async run(api, { url }) {
      const { fetch, counts } = named(api);
      await errorOf(() => fetch(`${url}/reset`), "the reset");
      equal(counts(), one.failure, "what was counted");
    },
  },
  {
    name: "bodies of every kind arrive as they were given",
    async run(api, { url }) {
      const { fetch } = named(api);
      const bytes = new TextEncoder().encode("body");
      const bodies: Array<[string, () => BodyInit, string]> = [
        ["a string", () => "body", "body"],
        ["bytes", () => bytes, "body"],
        ["a buffer", () => bytes.slice().buffer, "body"],
        ["a blob", () => new Blob(["body"]), "body"],
        ["a form", () => new URLSearchParams({ a: "1 2" }), "a=1+2"],
      ];
      for (const [what, body, expected] of bodies) {
        const init: RequestInit = { method: "POST", body: body() };
        const echoed = (await (await fetch(`${url}/echo`, init)).json()) as { method: string; body: string };
        equal([echoed.method, echoed.body], ["POST", expected], what);
      }
    },
  },
  {
    name: "a stream arrives as it was given",
    async run(api, { url }) {
      const { fetch } = named(api);
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode("body"));
          controller.close();
        },
      });
      const response = await fetch(`${url}/echo`, { method: "POST", body, duplex: "half" } as RequestInit);
      const echoed = (await response.json()) as { method: string; body: string };
      equal([echoed.method, echoed.body], ["POST", "body"], "what arrived");
    },
  },
  {
    name: "URL and Request inputs, headers and method reach the upstream",
    async run(api, { url }) {
      const { fetch } = named(api);
      const inputs: Array<[string, RequestInfo | URL]> = [
        ["a string", `${url}/echo`],
        ["a URL", new URL(`${url}/echo`)],
        ["a Request", new Request(`${url}/echo`)],
      ];
      for (const [what, input] of inputs) {
        const response = await fetch(input, { method: "PUT", headers: { "x-mark": what } });
        const echoed = (await response.json()) as { method: string; headers: Record<string, string> };
        equal([echoed.method, echoed.headers["x-mark"]], ["PUT", what], what);
        equal(response.url, `${url}/echo`, "the response's url");
      }
    },
  },
  {
    name: "the caller's init is left as it was",
    async run(api, { url }) {
      const { fetch } = named(api);
      const init = Object.freeze({ headers: Object.freeze({ "x-mark": "1" }), next: Object.freeze({}) });
      equal((await fetch(`${url}/echo`, init)).status, 200, "a frozen init");
      equal(Object.keys(init), ["headers", "next"], "its keys");
    },
  },
  {
    name: "the response streams: its start can be read before its end is written, long after the timeout is off",
    async run(api, { url }) {
      const { fetch, counts } = named(api);
      const response = await fetch(`${url}/stream?id=stream`);
      const reader = response.body!.getReader();
      equal(new TextDecoder().decode((await reader.read()).value), "start ", "the first piece");
      equal(counts(), one.success, "what was counted");
      await (await globalThis.fetch(`${url}/release?id=stream`)).text();
      let rest = "";
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        rest += new TextDecoder().decode(piece.value);
      }
      equal(rest, "end", "the rest");
    },
  },
  {
    name: "isFailure and ignoreErrors decide what counts",
    async run(api, { url, refusedUrl }) {
      const strict = named(api, {
        isFailure: (outcome, byDefault) => byDefault || outcome.value?.status === 404,
      });
      await (await strict.fetch(`${url}/status/404`)).text();
      equal(strict.counts(), one.failure, "404 by isFailure");
      const everything = (): boolean => true;
      for (const matcher of [Error, everything]) {
        const lenient = named(api, { ignoreErrors: [matcher] });
        await errorOf(() => lenient.fetch(refusedUrl), "a refused port");
        equal(lenient.counts(), one.ignored, `a refused port, with ignoreErrors: ${matcher.name}`);
      }
    },
  },
  {
    name: "the fallback answers in place of a refused call and is told why",
    async run(api, upstream) {
      const { fetch, circuit } = named(api, {
        fallback: ({ error, args }) => new Response(`${error.name} ${String(args[0])}`),
      });
      await (await fetch(`${upstream.url}/status/200`)).text();
      circuit().open();
      const url = `${upstream.url}/echo?id=fallback`;
      equal(await (await fetch(url)).text(), `CircuitOpenError ${url}`, "the answer");
      equal(await hits(upstream, "fallback"), 0, "requests that reached the upstream");
    },
  },
  {
    name: "disabled it is as if it were not there",
    async run(api, { url }) {
      let enabled = false;
      const { fetch, circuit } = named(api, { enabled: () => enabled });
      for (let i = 0; i < 4; i++) equal((await fetch(`${url}/status/500`)).status, 500, "the status");
      equal(circuit(), undefined, "no circuit was made");
      enabled = true;
      await (await fetch(`${url}/status/500`)).text();
      equal(circuit().snapshot().failures, 1, "counted from now on");
    },
  },
  {
    name: "observing counts and reports but never refuses",
    async run(api, { url }) {
      const refusals: boolean[] = [];
      const { fetch, circuit } = named(api, {
        enabled: "observe",
        on: (event) => {
          if (event.type === "call.refused") refusals.push(event.observed);
        },
      });
      for (let i = 0; i < 4; i++) equal((await fetch(`${url}/status/500`)).status, 500, "the status");
      equal([circuit().state, refusals], ["open", [true]], "what it would have done");
    },
  },
];
