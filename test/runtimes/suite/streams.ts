import type { ProtectedFetchOptions } from "../../../src/index.ts";
import { equal, errorOf } from "./assert.ts";
import type { Api, Check } from "./check.ts";

let serial = 0;

function fetching(api: Api, options: (api: Api) => ProtectedFetchOptions = () => ({})) {
  const id = `stream-${++serial}`;
  const fetch = api.createProtectedFetch({ name: id, ...options(api) });
  return { id, fetch, circuit: () => api.circuits.get(id)! };
}

const watched = (api: Api): ProtectedFetchOptions => ({ watchBody: api.watchBody() });
const kept = (api: Api): ProtectedFetchOptions => ({ stale: api.staleIfError() });

/** Every way to use a body, for a fetch that leaves it alone, follows it, or keeps it. */
const ways: ReadonlyArray<readonly [string, (api: Api) => ProtectedFetchOptions]> = [
  ["as it came", () => ({})],
  ["watched", watched],
  ["kept", kept],
];

const readings: ReadonlyArray<readonly [string, (response: Response) => Promise<string>]> = [
  ["text()", (response) => response.text()],
  ["arrayBuffer()", async (response) => new TextDecoder().decode(await response.arrayBuffer())],
  ["blob()", async (response) => (await response.blob()).text()],
  [
    "its reader",
    async (response) => {
      const reader = response.body!.getReader();
      const decoder = new TextDecoder();
      let text = "";
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        text += decoder.decode(read.value, { stream: true });
      }
      return text;
    },
  ],
  [
    "a pipe",
    async (response) => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const [text] = await Promise.all([new Response(readable).text(), response.body!.pipeTo(writable)]);
      return text;
    },
  ],
  [
    "tee()",
    async (response) => {
      const [left, right] = response.body!.tee();
      const texts = await Promise.all([new Response(left).text(), new Response(right).text()]);
      return texts[0] === texts[1] ? texts[0] : texts.join(" is not ");
    },
  ],
  ["a clone", (response) => response.clone().text()],
];

export const streams: Check[] = ways.flatMap(([way, options]) =>
  readings.map(([reading, read]): Check => ({
    name: `a streamed body, ${way}, is whole by ${reading}`,
    async run(api, { url }) {
      const { fetch, id, circuit } = fetching(api, options);
      const response = await fetch(`${url}/stream?id=${id}`);
      const text = read(response);
      await (await globalThis.fetch(`${url}/release?id=${id}`)).text();
      equal(await text, "start end", "the text");
      // A clone leaves the original unread.
      await response.body?.cancel().catch(() => {});
      equal(circuit().snapshot().totals.failed, 0, "failures");
    },
  })),
);

streams.push(
  {
    name: "an answer without a body is the same when it is followed",
    async run(api, { url }) {
      for (const options of [watched, kept]) {
        const { fetch, circuit } = fetching(api, options);
        const native = await globalThis.fetch(`${url}/status/204`);
        const response = await fetch(`${url}/status/204`);
        // Chromium gives it an empty stream.
        equal([response.status, response.body === null], [204, native.body === null], "the answer");
        equal(await response.text(), "", "the text");
        equal(circuit().snapshot().totals.succeeded, 1, "what counted");
      }
    },
  },
  {
    name: "JSON that is kept is served while the circuit is open, as often as it is asked for",
    async run(api, { url }) {
      const { fetch, id, circuit } = fetching(api, kept);
      await (await fetch(`${url}/say/${id}`)).text();
      circuit().open();
      for (let i = 0; i < 3; i++) equal(await (await fetch(`${url}/say/${id}`)).text(), id, "the answer");
    },
  },
  {
    name: "what is kept is not for other URLs, nor for whoever sends credentials",
    async run(api, { url }) {
      const { fetch, id, circuit } = fetching(api, kept);
      await (await fetch(`${url}/say/${id}`)).text();
      circuit().open();
      const error = await errorOf(() => fetch(`${url}/say/another`), "another URL");
      equal(error.name, "CircuitOpenError", "another URL");
      const headers = { authorization: "Bearer somebody" };
      const personal = await errorOf(() => fetch(`${url}/say/${id}`, { headers }), "credentials");
      equal(personal.name, "CircuitOpenError", "credentials");
    },
  },
  {
    name: "a stale answer stands in for a failing status, which counts all the same",
    async run(api, { url }) {
      const { fetch, id, circuit } = fetching(api, kept);
      const path = `${url}/flip?id=${id}`;
      equal(await (await fetch(path)).text(), "good", "the first answer");
      const response = await fetch(path);
      equal([response.status, response.headers.get("protego-stale")], [200, "1"], "the stale one");
      equal(circuit().snapshot().totals.failed, 1, "what counted");
    },
  },
  {
    name: "a stream that is read longer than the timeout is no failure: the timeout is for the headers",
    async run(api, { url }) {
      const { fetch, id, circuit } = fetching(api, () => ({ timeout: "200ms" }));
      const response = await fetch(`${url}/stream?id=${id}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
      await (await globalThis.fetch(`${url}/release?id=${id}`)).text();
      equal(await response.text(), "start end", "the text");
      equal(circuit().snapshot().totals.failed, 0, "failures");
    },
  },
  {
    name: "Retry-After of the upstream is waited for, where it is longer",
    async run(api, { url }) {
      const { fetch, circuit } = fetching(api, (given) => ({
        failureThreshold: 1,
        resetTimeout: "10s",
        clock: given.testClock(),
      }));
      await (await fetch(`${url}/retry-after/120`)).text();
      equal(circuit().snapshot().retryAfter, 120_000, "the wait");
    },
  },
  {
    name: "which statuses fail can be chosen: failingStatuses",
    async run(api, { url }) {
      const { fetch, circuit } = fetching(api, (given) => ({ isFailure: given.failingStatuses("5xx", 404) }));
      for (const status of [404, 503, 429]) await (await fetch(`${url}/status/${status}`)).text();
      equal(circuit().snapshot().totals.failed, 2, "failures");
    },
  },
  {
    name: "a refusal can be answered as a Response: refusalResponse",
    async run(api, { url }) {
      const { fetch, circuit } = fetching(api, (given) => ({ fallback: given.refusalResponse() }));
      await (await fetch(`${url}/status/200`)).text();
      circuit().open();
      const response = await fetch(`${url}/status/200`);
      equal(
        [response.status >= 500, response.headers.get("cache-control")],
        [true, "no-store"],
        "the answer",
      );
    },
  },
  {
    name: "hundred calls at once are counted each, and leave nothing in flight",
    async run(api, { url }) {
      const { fetch, circuit } = fetching(api);
      const texts = await Promise.all(
        Array.from({ length: 100 }, async (_, i) => (await fetch(`${url}/say/${i}`)).text()),
      );
      equal(texts.join(), Array.from({ length: 100 }, (_, i) => i).join(), "the answers");
      const { totals, inFlight } = circuit().snapshot();
      equal([totals.succeeded, totals.failed, inFlight], [100, 0, 0], "what counted");
    },
  },
  {
    name: "a redirect is followed, and the response says so",
    async run(api, { url }) {
      const { fetch } = fetching(api);
      // Without a signal Next hands out a copy, that does not say so.
      const native = await globalThis.fetch(`${url}/redirect`, { signal: new AbortController().signal });
      const response = await fetch(`${url}/redirect`);
      // Nor does Vercel's edge runtime.
      equal([response.redirected, response.url], [native.redirected, `${url}/say/arrived`], "the response");
      equal(await response.text(), "arrived", "the text");
    },
  },
);
