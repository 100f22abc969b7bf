import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { worker } from "../runtimes/in-workerd.ts";

/** A Worker whose dashboard is made at module scope, where workerd has no clock, no timers and no chance. */
const script = `
  import { createDashboard } from "next-protego/dashboard";
  import { protect } from "next-protego";

  const dashboard = createDashboard({ authorize: () => true, audit: () => {}, basePath: "/protego" });
  const work = protect((fails) => (fails ? Promise.reject(new RangeError("no")) : Promise.resolve(1)), { name: "api" });

  export default {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith("/protego")) return dashboard.fetch(request);
      await work(pathname === "/fail").catch(() => {});
      return new Response("done");
    },
  };
`;

let miniflare: Miniflare;
beforeAll(async () => void (miniflare = await worker(script)));
afterAll(() => miniflare?.dispose());

const ask = (path: string, init: Record<string, unknown> = {}) =>
  miniflare.dispatchFetch(`http://worker${path}`, init);

test("in a Worker the page shows what happened, though no timer runs", async () => {
  await ask("/ok");
  for (let i = 0; i < 4; i++) await ask("/fail");
  const text = await (await ask("/protego")).text();
  expect(text).toContain("1 broken");
  expect(text).toContain("Opened by RangeError.");
  const json = (await (await ask("/protego/circuits")).json()) as { circuits: Array<{ totals: object }> };
  expect(json.circuits[0]!.totals).toMatchObject({ succeeded: 1, failed: 3, refused: 1 });
  expect(await (await ask("/protego/metrics")).text()).toContain(
    'protego_state{protego_circuit_name="api"} 2',
  );
});

test("its stream tells what changes while it is open, and a command of another request reaches it", async () => {
  const response = await ask("/protego/events");
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  const read = async (): Promise<string> => decoder.decode((await reader.read()).value as Uint8Array);
  expect(await read()).toMatch(/^retry: 2000\ndata: \{/);
  const headers = { "sec-fetch-site": "same-origin" };
  expect((await ask("/protego/circuits/api/hold-open", { method: "POST", headers })).status).toBe(200);
  let heard = "";
  while (!heard.includes("held open")) heard += await read();
  expect(heard).toContain("held open until another command by authorized");
  await reader.cancel();
});
