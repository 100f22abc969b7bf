import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { CircuitSnapshot } from "next-protego";
import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type RunningUpstream, startUpstream } from "../runtimes/upstream.ts";
import { buildWorker, installOpenNext, startWorker } from "./opennext-worker.ts";

const found = await installOpenNext();
let upstream: RunningUpstream | undefined;
let miniflare: Miniflare | undefined;
let log = "";

beforeAll(async () => {
  if ("missing" in found) return;
  upstream = await startUpstream();
  miniflare = await startWorker(await buildWorker(found.folder), (line) => (log += line));
});
beforeEach(({ skip }) => {
  if ("missing" in found) skip(found.missing);
});
afterAll(async () => {
  await miniflare?.dispose();
  await upstream?.close();
  // One line of complaint is a request that waited for another's work.
  if (/different request|will never generate|uncaught|unhandled/i.test(log)) throw new Error(log);
});

interface Told {
  readonly status: number;
  readonly text: string;
}

const tell = async (path: string): Promise<void> => void (await (await fetch(upstream!.url + path)).text());

// The App Router bundles the package, by the `react-server` condition; the Pages Router leaves that to OpenNext.
describe.each(["app", "pages"])("in the %s router, built by OpenNext, in workerd", (router) => {
  const headersFor = (path: string): Record<string, string> => ({
    "x-upstream": upstream!.url,
    "x-path": path,
  });
  async function ask(step: string, path = ""): Promise<Told> {
    const url = `http://worker/api/${router}/${step}`;
    const response = await miniflare!.dispatchFetch(url, { headers: headersFor(path) });
    return { status: response.status, text: await response.text() };
  }
  async function pass(ms: number): Promise<void> {
    expect(await ask("pass", String(ms))).toMatchObject({ status: 200 });
  }
  async function circuit(name: string): Promise<CircuitSnapshot | undefined> {
    const all = JSON.parse((await ask("circuits")).text) as CircuitSnapshot[];
    return all.find((one) => one.name === `${router} ${name}`);
  }
  /** A reader that goes away after the first part. */
  async function leaveEarly(step: string, path: string): Promise<void> {
    const url = new URL(`/api/${router}/${step}`, await miniflare!.ready);
    const request = get(url, { headers: headersFor(path) });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    await once(response, "data");
    response.on("error", () => {});
    request.on("error", () => {});
    request.destroy();
  }

  test("the slower of two hedged calls gives its place back, and counts as the success that it is", async () => {
    for (let i = 0; i < 30; i++) {
      const id = `${router}-hedged-${i}`;
      expect(await ask("hedged", `/hold/200?id=${id}`)).toEqual({ status: 200, text: "200" });
      await tell(`/release?id=${id}`);
    }
    await expect.poll(() => circuit("hedged")).toMatchObject({ inFlight: 0, totals: { succeeded: 60 } });
    await pass(60_000);
    expect((await ask("hedged", "/status/200")).text).toBe("200");
    expect(await circuit("hedged")).toMatchObject({ state: "closed", totals: { refused: 0, failed: 0 } });
  });

  test("hedged calls that are still under way do not look hung once their time is over", async () => {
    for (let i = 0; i < 4; i++) {
      const id = `${router}-slow-${i}`;
      expect((await ask("slow", `/hang?id=${id}`)).text).toBe("200");
      await tell(`/arrived?id=${id}`);
    }
    expect(await circuit("slow")).toMatchObject({ inFlight: 4 });
    await pass(10_001);
    expect((await ask("slow", "/status/200")).text).toBe("200");
    await expect.poll(() => circuit("slow")).toMatchObject({ state: "closed", inFlight: 0 });
  });

  test.for([
    ["unawaited", "counted"],
    ["unawaited-work", "work"],
  ] as const)("calls that nobody waits for are heard: %s", async ([step, name]) => {
    for (let i = 0; i < 30; i++) {
      const id = `${router}-${step}-${i}`;
      await ask(step, `/hold/200?id=${id}`);
      await tell(`/arrived?id=${id}`);
      await tell(`/release?id=${id}`);
    }
    await expect.poll(() => circuit(name)).toMatchObject({ inFlight: 0, totals: { succeeded: 30 } });
    for (let i = 0; i < 3; i++) await ask(step, "/reset");
    await expect.poll(() => circuit(name)).toMatchObject({ inFlight: 0, state: "open" });
    expect(await ask(name, "/status/200")).toEqual({ status: 599, text: "CircuitOpenError" });
  });

  test.for(["proxied", "asked"])("a verdict that is read from the body is heard: %s", async (name) => {
    for (let i = 0; i < 20; i++) expect((await ask(name, "/say/fine")).status).toBe(200);
    await expect.poll(() => circuit(name)).toMatchObject({ inFlight: 0, totals: { succeeded: 20 } });
    for (let i = 1; i <= 3; i++) {
      expect((await ask(name, "/say/error")).status).toBe(200);
      await expect.poll(() => circuit(name)).toMatchObject({ inFlight: 0, totals: { failed: i } });
    }
    expect(await ask(name, "/say/fine")).toEqual({ status: 599, text: "CircuitOpenError" });
  });

  if (router === "pages") return; // Its answers are whole before they are sent.
  test("streams that their readers left give their places back", async () => {
    for (let i = 0; i < 10; i++) {
      const id = `${router}-left-${i}`;
      await leaveEarly("items", `/stream?id=${id}`);
      await tell(`/release?id=${id}`);
    }
    await pass(10_000);
    expect(await ask("items", "/say/fine")).toEqual({ status: 200, text: "fine" });
    await expect
      .poll(() => circuit("items"))
      .toMatchObject({ inFlight: 0, totals: { refused: 0, failed: 0 } });
  });
});
