import type { ProtectedFetchOptions } from "../../../src/index.ts";
import { equal, errorOf } from "./assert.ts";
import type { Api, Check } from "./check.ts";

let serial = 0;

/** A fetch that watches and keeps bodies, with a circuit of its own. */
function following(api: Api, options: ProtectedFetchOptions = {}) {
  const id = `body-${++serial}`;
  return {
    id,
    fetch: api.createProtectedFetch({
      name: id,
      watchBody: api.watchBody({ idleTimeout: "5s" }),
      stale: api.staleIfError(),
      ...options,
    }),
    circuit: () => api.circuits.get(id)!,
    totals: () => api.circuits.get(id)!.snapshot().totals,
  };
}

export const bodies: Check[] = [
  {
    name: "a followed body is the same for its reader: status, headers, URL, text",
    async run(api, { url }) {
      const { fetch, id, totals } = following(api);
      const response = await fetch(`${url}/hits?id=${id}`);
      equal([response.status, response.ok, response.bodyUsed], [200, true, false], "before it is read");
      equal([response.url, response.redirected], [`${url}/hits?id=${id}`, false], "what fetch alone can set");
      equal(totals().succeeded, 0, "before it is read");
      equal(await response.text(), "0", "the text");
      equal(totals().succeeded, 1, "once it is read");
    },
  },
  {
    name: "both halves of a clone can be read, garbage collected or not",
    async run(api, { url }) {
      const { fetch, id } = following(api);
      const response = await fetch(`${url}/stream?id=${id}`);
      const twice = response.clone().clone();
      for (let round = 0; round < 5; round++) {
        (globalThis as { gc?: () => void }).gc?.();
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await globalThis.fetch(`${url}/release?id=${id}`);
      const texts = await Promise.all([response.text(), twice.text()]);
      equal(texts, ["start end", "start end"], "what both read");
      equal(twice.url, response.url, "the clone's URL");
    },
  },
  {
    name: "a body that breaks off is a failure and is not kept",
    async run(api, { url }) {
      const { fetch, id, circuit, totals } = following(api);
      const response = await fetch(`${url}/cut?id=${id}`);
      await globalThis.fetch(`${url}/release?id=${id}`);
      await errorOf(() => response.text(), "the body");
      equal(totals().failed, 1, "failures");
      circuit().open();
      const refused = await errorOf(() => fetch(`${url}/cut?id=${id}`), "while open");
      equal(refused.name, "CircuitOpenError", "the refusal");
    },
  },
  {
    name: "a body that stalls fails with a TimeoutError, and its connection is closed",
    async run(api, { url }) {
      const { fetch, id, totals } = following(api, { watchBody: api.watchBody({ idleTimeout: "30ms" }) });
      const response = await fetch(`${url}/part?id=${id}`);
      const reader = response.body!.getReader();
      await reader.read();
      equal((await errorOf(() => reader.read(), "the body")).name, "TimeoutError", "the error");
      equal(totals().failed, 1, "failures");
      await (await globalThis.fetch(`${url}/closed?id=${id}`)).text();
    },
  },
  {
    name: "a reader that leaves closes the connection, and counts for nothing bad",
    async run(api, { url }) {
      const { fetch, id, totals } = following(api);
      const reader = (await fetch(`${url}/part?id=${id}`)).body!.getReader();
      await reader.read();
      await reader.cancel();
      equal([totals().succeeded, totals().failed], [1, 0], "what was counted");
      await (await globalThis.fetch(`${url}/closed?id=${id}`)).text();
    },
  },
  {
    name: "a caller's abort while the body is read counts for nothing",
    async run(api, { url }) {
      const { fetch, id, totals } = following(api);
      const controller = new AbortController();
      const response = await fetch(`${url}/part?id=${id}`, { signal: controller.signal });
      const reader = response.body!.getReader();
      await reader.read();
      controller.abort(new Error("left the page"));
      await errorOf(() => reader.read(), "the rest of the body");
      equal([totals().succeeded, totals().failed, totals().ignored], [0, 0, 1], "what was counted");
    },
  },
  {
    name: "the last good answer is served while the circuit is open, marked as stale",
    async run(api, { url }) {
      const { fetch, id, circuit } = following(api);
      const good = await (await fetch(`${url}/hits?id=${id}`)).text();
      circuit().open();
      const response = await fetch(`${url}/hits?id=${id}`);
      equal(response.headers.get("protego-stale"), "1", "the mark");
      equal([await response.text(), response.url], [good, `${url}/hits?id=${id}`], "the answer");
    },
  },
];
