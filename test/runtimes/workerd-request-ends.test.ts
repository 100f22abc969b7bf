import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { CircuitSnapshot } from "next-protego";
import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { worker, workersConditions } from "./in-workerd.ts";
import { type RunningUpstream, startUpstream } from "./upstream.ts";

/** Requests that end before their calls do, or before the verdict on them. */
const script = `
  import { circuits, createProtectedFetch, protect } from "next-protego";
  import { healthProbe, hungCalls } from "next-protego/options";

  let now = 1000;
  const clock = { now: () => now };
  const options = { clock, timeout: "9s", maxConcurrent: 10 };
  const opensOn = hungCalls({ duration: "5s" });
  const hedged = createProtectedFetch({ ...options, name: "hedged", opensOn });
  const slow = createProtectedFetch({ ...options, name: "slow", opensOn });
  const counted = createProtectedFetch({ ...options, name: "counted" });
  const work = protect((url) => globalThis.fetch(url), { ...options, name: "work" });
  const items = protect(async function* (url) {
    for await (const part of (await globalThis.fetch(url)).body) yield part;
  }, { ...options, name: "items" });
  const isFailure = async ({ value }) => (await value.clone().text()).includes("error");
  const named = createProtectedFetch({ ...options, name: ({ headers }) => headers.get("x-name") });
  const proxied = createProtectedFetch({ ...options, name: "proxied", isFailure });
  const asked = createProtectedFetch({ ...options, name: "asked", isFailure });
  let health;
  const probe = healthProbe(() => globalThis.fetch(health, { signal: AbortSignal.timeout(2000) }));
  const probed = createProtectedFetch({ ...options, name: "probed", probe });

  export default {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const url = request.headers.get("x-upstream");
      health = request.headers.get("x-health");
      if (pathname === "/pass") now += Number(await request.text());
      if (pathname === "/hedged" || pathname === "/slow") {
        const fetch = pathname === "/slow" ? slow : hedged;
        const first = await Promise.any([fetch(url + "/status/200"), fetch(url + health)]);
        return new Response(String(first.status));
      }
      if (pathname === "/unawaited") counted(url).catch(() => {});
      if (pathname === "/unawaited-work") work(url).catch(() => {});
      const byName = { headers: { "x-name": health } };
      if (pathname === "/unawaited-named") named(url, byName).catch(() => {});
      if (pathname === "/named") return answer(() => named(url, byName));
      if (pathname === "/full") circuits.limit(circuits.list().length);
      if (pathname === "/counted") return answer(() => counted(url));
      if (pathname === "/work") return answer(() => work(url));
      if (pathname === "/proxy") return answer(() => proxied(url));
      if (pathname === "/status") return answer(async () => new Response(null, { status: (await asked(url)).status }));
      if (pathname === "/probed") return answer(() => probed(url));
      if (pathname === "/items") return answer(() => streamOf(items(url)));
      if (pathname === "/open") circuits.get(await request.text()).open();
      return Response.json(circuits.list().map((circuit) => circuit.snapshot()));
    },
  };

  async function streamOf(generator) {
    const first = await generator.next();
    const pull = async (controller) => {
      const { done, value } = await generator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    };
    const start = (controller) => controller.enqueue(first.value);
    return new Response(new ReadableStream({ start, pull, cancel: () => generator.return() }));
  }

  async function answer(call) {
    try {
      return await call();
    } catch (error) {
      return new Response(error.name, { status: 599 });
    }
  }
`;

/** As `wrangler deploy` sets them, and as people do. */
const flagSets = [
  { what: "no flags", flags: [] },
  { what: "nodejs_compat", flags: ["nodejs_compat"] },
  { what: "nodejs_compat and enable_request_signal", flags: ["nodejs_compat", "enable_request_signal"] },
  { what: "nodejs_compat and no_global_navigator", flags: ["nodejs_compat", "no_global_navigator"] },
];

let upstream: RunningUpstream;
let miniflare: Miniflare;
let log: string;

async function start(flags: string[], conditions: string[]): Promise<void> {
  log = "";
  upstream = await startUpstream();
  miniflare = await worker(script, { flags, conditions, log: (line) => (log += line) });
}

afterAll(async () => {
  await miniflare.dispose();
  await upstream.close();
  // One line of complaint is a request that waited for another's work.
  if (/different request|will never generate|uncaught/i.test(log)) throw new Error(log);
});

interface Told {
  readonly status: number;
  readonly text: string;
}

async function ask(path: string, upstreamPath: string, health = ""): Promise<Told> {
  const headers = { "x-upstream": upstream.url + upstreamPath, "x-health": health };
  const response = await miniflare.dispatchFetch(`http://worker${path}`, { headers });
  return { status: response.status, text: await response.text() };
}
/** A reader that goes away after the first part. */
async function leaveEarly(path: string, upstreamPath: string): Promise<void> {
  const headers = { "x-upstream": upstream.url + upstreamPath };
  const request = get(new URL(path, await miniflare.ready), { headers });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await once(response, "data");
  response.on("error", () => {});
  request.on("error", () => {});
  request.destroy();
}
async function pass(ms: number): Promise<void> {
  await miniflare.dispatchFetch("http://worker/pass", { method: "POST", body: String(ms) });
}
async function tell(path: string): Promise<void> {
  await (await fetch(upstream.url + path)).text();
}
async function circuit(name: string): Promise<CircuitSnapshot | undefined> {
  const all = JSON.parse((await ask("/circuits", "/")).text) as CircuitSnapshot[];
  return all.find((one) => one.name === name);
}

describe.each(flagSets)("in workerd with $what", ({ flags }) => {
  beforeAll(() => start(flags, workersConditions));

  test("the slower of two hedged calls gives its place back, and counts as the success that it is", async () => {
    for (let i = 0; i < 30; i++) {
      expect(await ask("/hedged", "", `/hold/200?id=${i}`)).toEqual({ status: 200, text: "200" });
      await tell(`/release?id=${i}`);
    }
    await expect.poll(() => circuit("hedged")).toMatchObject({ inFlight: 0, totals: { succeeded: 60 } });
    await pass(60_000);
    expect((await ask("/hedged", "", "/status/200")).text).toBe("200");
    expect(await circuit("hedged")).toMatchObject({ state: "closed", totals: { refused: 0, failed: 0 } });
  });

  test("hedged calls that are still under way do not look hung once their time is over", async () => {
    for (let i = 0; i < 4; i++) {
      expect((await ask("/slow", "", `/hang?id=${i}`)).text).toBe("200");
      await tell(`/arrived?id=${i}`);
    }
    expect(await circuit("slow")).toMatchObject({ inFlight: 4 });
    await pass(10_001);
    expect((await ask("/slow", "", "/status/200")).text).toBe("200");
    await expect.poll(() => circuit("slow")).toMatchObject({ state: "closed", inFlight: 0 });
  });

  test.for([
    ["/unawaited", "/counted", "counted"],
    ["/unawaited-work", "/work", "work"],
  ] as const)("calls that nobody waits for are heard: %s", async ([path, awaited, name]) => {
    for (let i = 0; i < 30; i++) {
      await ask(path, `/hold/200?id=${i}`);
      await tell(`/arrived?id=${i}`);
      await tell(`/release?id=${i}`);
    }
    await expect.poll(() => circuit(name)).toMatchObject({ inFlight: 0, totals: { succeeded: 30 } });
    for (let i = 0; i < 3; i++) await ask(path, "/reset");
    await expect.poll(() => circuit(name)).toMatchObject({ inFlight: 0, state: "open" });
    expect(await ask(awaited, "/status/200")).toEqual({ status: 599, text: "CircuitOpenError" });
  });

  test.for([
    ["/proxy", "proxied"],
    ["/status", "asked"],
  ] as const)("a verdict that is read from the body is heard: %s", async ([path, name]) => {
    for (let i = 0; i < 20; i++) expect((await ask(path, "/say/fine")).status).toBe(200);
    await expect.poll(() => circuit(name)).toMatchObject({ inFlight: 0, totals: { succeeded: 20 } });
    for (let i = 1; i <= 3; i++) {
      expect((await ask(path, "/say/error")).status).toBe(200);
      await expect.poll(() => circuit(name)).toMatchObject({ inFlight: 0, totals: { failed: i } });
    }
    expect(await ask(path, "/say/fine")).toEqual({ status: 599, text: "CircuitOpenError" });
  });

  test("a health probe closes the circuit, although the requests that start it are refused at once", async () => {
    expect((await ask("/probed", "/status/200", upstream.url + "/status/200")).status).toBe(200);
    await miniflare.dispatchFetch("http://worker/open", { method: "POST", body: "probed" });
    await pass(60_000);
    expect((await ask("/probed", "/status/200", upstream.url + "/hold/200?id=probe")).text).toBe(
      "CircuitOpenError",
    );
    await tell("/arrived?id=probe");
    await tell("/release?id=probe");
    await expect.poll(() => circuit("probed")).toMatchObject({ state: "closed", inFlight: 0 });
    expect((await ask("/probed", "/status/200")).status).toBe(200);
  });

  test("streams that their readers left give their places back", async () => {
    for (let i = 0; i < 10; i++) {
      await leaveEarly("/items", `/stream?id=left-${i}`);
      await tell(`/release?id=left-${i}`);
    }
    await pass(10_000);
    expect(await ask("/items", "/say/fine")).toEqual({ status: 200, text: "fine" });
    await expect
      .poll(() => circuit("items"))
      .toMatchObject({ inFlight: 0, totals: { refused: 0, failed: 0 } });
  });
});

describe("in workerd, bundled without its condition and so without its waitUntil", () => {
  beforeAll(() => start([], ["worker", "browser"]));

  test("a call whose request has ended gives its place back a second after its timeout", async () => {
    for (let i = 0; i < 10; i++) {
      await ask("/unawaited", `/hang?id=${i}`);
      await tell(`/closed?id=${i}`);
    }
    expect(await circuit("counted")).toMatchObject({ inFlight: 10 });
    expect((await ask("/counted", "/status/200")).text).toBe("CircuitOpenError");
    await pass(9_999);
    expect((await ask("/counted", "/status/200")).text).toBe("CircuitOpenError");
    await pass(1);
    expect((await ask("/counted", "/status/200")).status).toBe(200);
    await expect.poll(() => circuit("counted")).toMatchObject({ inFlight: 0, state: "closed" });
  });

  test("circuits whose calls were never heard of make room for others", async () => {
    for (const name of ["lost 1", "lost 2"]) {
      await ask("/unawaited-named", `/hang?id=${name.at(-1)}-of-a-name`, name);
      await tell(`/closed?id=${name.at(-1)}-of-a-name`);
    }
    await ask("/full", "/");
    await pass(10_000);
    expect((await ask("/named", "/status/200", "a new name")).status).toBe(200);
    expect(await circuit("a new name")).toMatchObject({ totals: { succeeded: 1 } });
  });
});
