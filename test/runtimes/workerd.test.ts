import type { Miniflare } from "miniflare";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { worker } from "./in-workerd.ts";
import { type RunningUpstream, startUpstream } from "./upstream.ts";

/** Wrappers made at module scope, as everybody makes them; requests share their circuits, and nothing of I/O. */
const script = `
  import { DurableObject } from "cloudflare:workers";
  import { circuits, createProtectedFetch, protect, withProtego } from "next-protego";

  export class Till extends DurableObject {
    sum(one, other) { return one + other; }
    fetch(request) { return fetch(request); }
  }

  let now = 1000;
  const clock = { now: () => now };
  const fetch = createProtectedFetch({ name: "upstream", clock, timeout: "9s", halfOpenRetries: 1 });
  const work = protect((url) => globalThis.fetch(url), { name: "upstream work", clock, timeout: "9s" });
  const brief = protect(() => new Promise(() => {}), { name: "brief", timeout: "20ms" });
  const route = withProtego(async (request) => {
    const response = await fetch(request.headers.get("x-upstream"));
    return new Response(await response.text(), { status: response.status });
  }, { name: "GET /route" });
  circuits.subscribe(() => {});

  let lastStub;

  export default {
    async fetch(request, env) {
      const { pathname } = new URL(request.url);
      const till = env.TILL.get(env.TILL.idFromName("till"));
      if (pathname === "/rpc") return new Response(await protect(till.sum, { name: "till" })(3, 4));
      if (pathname === "/stub") {
        lastStub ??= till;
        const stub = lastStub;
        const ofStub = createProtectedFetch({ name: "stub", fetch: (...args) => stub.fetch(...args) });
        return answer(() => ofStub(request.headers.get("x-upstream")));
      }
      if (pathname === "/counts") return Response.json(circuits.get("stub").snapshot().totals);
      const url = request.headers.get("x-upstream");
      if (pathname === "/pass") now += Number(await request.text());
      if (pathname === "/forget") fetch(url).catch(() => {});
      if (pathname === "/fetch") return answer(() => fetch(url));
      if (pathname === "/work") return answer(() => work(url));
      if (pathname === "/brief") return answer(() => brief());
      if (pathname === "/route") return route(request, { params: Promise.resolve({}) });
      return new Response(circuits.get("upstream")?.state);
    },
  };

  async function answer(call) {
    try {
      const response = await call();
      return new Response(response.status + " " + (await response.text()));
    } catch (error) {
      return new Response(error.name + ": " + error.message);
    }
  }
`;

describe.each([
  { what: "workerd", flags: [] },
  // It has Node's globals without Node's rules: a timer still belongs to one request.
  { what: "workerd with nodejs_compat", flags: ["nodejs_compat"] },
  { what: "workerd with Node's globals and no navigator", flags: ["nodejs_compat", "no_global_navigator"] },
])("in $what", ({ flags }) => {
  let upstream: RunningUpstream;
  let miniflare: Miniflare;

  beforeEach(async () => {
    upstream = await startUpstream();
    miniflare = await worker(script, { flags, durableObjects: { TILL: { className: "Till" } } });
  });
  afterEach(async () => {
    await miniflare.dispose();
    await upstream.close();
  });

  /** One request to the worker, which calls this path of the upstream. */
  async function ask(path: string, upstreamPath = "/"): Promise<string> {
    const headers = { "x-upstream": upstream.url + upstreamPath };
    return (await miniflare.dispatchFetch(`http://worker${path}`, { headers })).text();
  }
  async function pass(ms: number): Promise<void> {
    await miniflare.dispatchFetch("http://worker/pass", { method: "POST", body: String(ms) });
  }
  async function tell(path: string): Promise<void> {
    await (await fetch(upstream.url + path)).text();
  }

  test("the package can be imported, and every wrapper made, in global scope", async () => {
    expect(await ask("/state")).toBe("");
    expect(await ask("/fetch", "/status/200")).toBe("200 ");
    expect(await ask("/work", "/status/200")).toBe("200 ");
    expect(await ask("/route", "/status/200")).toBe("");
  });

  test("a method of a Durable Object is protected as it is, without a function around it", async () => {
    expect(await ask("/rpc")).toBe("7");
  });

  test("what workerd forbids to a request is no failure of the upstream: another request's stub", async () => {
    expect(await ask("/stub", "/status/200")).toBe("200 ");
    for (let i = 0; i < 4; i++)
      expect(await ask("/stub", "/status/200")).toMatch(/^Error: Cannot perform I\/O/);
    expect(JSON.parse(await ask("/counts"))).toMatchObject({ succeeded: 1, failed: 0, ignored: 4 });
  });

  test.for(["/fetch", "/work", "/route"])(
    "concurrent requests through one circuit share no I/O: %s",
    async (path) => {
      const held = ["a", "b", "c"].map((id) => ask(path, `/hold/200?id=${id}`));
      await Promise.all(["a", "b", "c"].map((id) => tell(`/arrived?id=${id}`)));
      // The last to come is the first to end; the timers of the others are still set.
      for (const id of ["c", "b", "a"]) await tell(`/release?id=${id}`);
      expect(await Promise.all(held)).toEqual(Array(3).fill(path === "/route" ? "" : "200 "));
      expect(await ask(path, "/status/200")).toBe(path === "/route" ? "" : "200 ");
    },
  );

  test("each of several concurrent requests gets its own timeout", async () => {
    const answers = await Promise.all([ask("/brief"), ask("/brief"), ask("/brief")]);
    for (const answer of answers) expect(answer).toMatch(/^TimeoutError: /);
  });

  test("a timeout that has come does not keep the next from coming", async () => {
    for (let i = 0; i < 3; i++) expect(await ask("/brief")).toMatch(/^(TimeoutError|CircuitOpenError): /);
  });

  test("what one request learned is known to the next", async () => {
    for (let i = 0; i < 3; i++) expect(await ask("/fetch", "/status/503")).toBe("503 ");
    expect(await ask("/fetch", "/status/200")).toMatch(/^CircuitOpenError: /);
    await pass(60_000);
    expect(await ask("/fetch", "/status/200")).toBe("200 ");
    expect(await ask("/state")).toBe("closed");
  });

  test("a trial whose request ended before it did gives its place back after its lease", async () => {
    for (let i = 0; i < 3; i++) await ask("/fetch", "/status/503");
    await pass(60_000);
    // Answers without waiting for its call, which workerd then drops: it neither resolves nor rejects, ever.
    await ask("/forget", "/hang?id=forgotten");
    await tell("/closed?id=forgotten");
    expect(await ask("/state")).toBe("half-open");
    expect(await ask("/fetch", "/status/200")).toMatch(/^CircuitOpenError: /);
    await pass(10_000);
    expect(await ask("/fetch", "/status/200")).toBe("200 ");
    expect(await ask("/state")).toBe("closed");
  });
});

/** One Worker's refusal, as the Worker that called it by RPC gets it. */
const acrossWorkers = `
  import { DurableObject } from "cloudflare:workers";
  import { circuits, protect, withProtego } from "next-protego";

  const charge = protect(async () => "charged", { name: "bank" });
  export class Till extends DurableObject {
    charge() { circuits.register("bank").open(); return charge(); }
  }
  export default {
    async fetch(request, env) {
      const till = env.TILL.get(env.TILL.idFromName("till"));
      const route = withProtego(async () => new Response(await till.charge()), { name: "GET /pay" });
      const response = await route(request).catch((error) => new Response(error.message, { status: 500 }));
      const { ignored, failed } = circuits.get("GET /pay").snapshot().totals;
      return Response.json([response.status, response.headers.get("retry-after"), { ignored, failed }]);
    },
  };
`;

test.each([
  { flags: ["enhanced_error_serialization"], answer: [503, "60", { ignored: 1, failed: 0 }] },
  { flags: [], answer: [500, null, { ignored: 0, failed: 1 }] },
])("a refusal by another Worker is known as one with the flag for it: $flags", async ({ flags, answer }) => {
  const durableObjects = { TILL: { className: "Till" } };
  const miniflare = await worker(acrossWorkers, { flags, durableObjects });
  try {
    expect(await (await miniflare.dispatchFetch("http://worker/")).json()).toEqual(answer);
  } finally {
    await miniflare.dispose();
  }
});
