import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { outputs } from "../harness/outputs.ts";

/** The same call from a route, a page and an edge route; what each of them says came of it. */
const callers: Array<
  [string, (app: App, query: string) => Promise<{ status?: number; body?: string; error?: string }>]
> = [
  ["a route", async (app, query) => (await app.get(`/api/call?${query}`)).json() as never],
  ["a page", async (app, query) => JSON.parse(outputs(await app.text(`/memo?${query}`))[0]!) as never],
];

export function dataCache(app: () => App): void {
  test.each(callers)("a hit in %s counts neither as success nor as failure", async (caller, call) => {
    const path = `/hit-${caller.slice(2)}`;
    await call(app(), `path=${path}&cache=force-cache`);
    const { totals } = (await app().circuit(path))!;
    expect(await call(app(), `path=${path}&cache=force-cache`)).toMatchObject({
      body: `answer 1 of ${path}`,
    });
    const after = (await app().circuit(path))!.totals;
    expect(after.ignored).toBeGreaterThan(totals.ignored);
    expect(after).toMatchObject({ succeeded: totals.succeeded, failed: totals.failed });
    expect(app().upstream.hits(path)).toBe(1);
  });

  test.each(callers)("a hit in %s does not forgive the failures before it", async (caller, call) => {
    const path = `/unforgiven-${caller.slice(2)}`;
    await call(app(), `path=${path}&cache=force-cache`);
    app().upstream.set(path, 500);
    await call(app(), `path=${path}&cache=no-store`);
    await call(app(), `path=${path}&cache=force-cache`);
    expect(await app().circuit(path)).toMatchObject({ state: "closed", failures: 1 });
    await call(app(), `path=${path}&cache=no-store`);
    expect(await app().circuit(path)).toMatchObject({ state: "open" });
  });

  test.each(callers)(
    "a hit in %s is served while the circuit is open, with no call to the upstream",
    async (caller, call) => {
      const path = `/served-${caller.slice(2)}`;
      await call(app(), `path=${path}&cache=force-cache`);
      await app().command(path, "open");
      expect(await call(app(), `path=${path}&cache=force-cache`)).toEqual({
        status: 200,
        body: `answer 1 of ${path}`,
      });
      expect(await call(app(), `path=${path}`)).toMatchObject({ error: "CircuitOpenError" });
      expect(await call(app(), `path=${path}&cache=no-store`)).toMatchObject({ error: "CircuitOpenError" });
      expect(app().upstream.hits(path)).toBe(1);
    },
  );

  test.each(callers)("a miss in %s is refused while the circuit is open", async (caller, call) => {
    const path = `/missed-${caller.slice(2)}`;
    await app().command(path, "open");
    expect(await call(app(), `path=${path}&cache=force-cache`)).toMatchObject({ error: "CircuitOpenError" });
    expect(app().upstream.hits(path)).toBe(0);
  });

  test.each(
    callers.flatMap(([caller, call]) => [[caller, "", call] as const, [caller, "&request", call] as const]),
  )(
    "a stale entry in %s is served while open, and Next's refresh behind it is not sent%s",
    async (caller, input, call) => {
      const path = `/stale-${caller.slice(2)}${input.slice(1)}`;
      const query = `path=${path}&revalidate=1${input}`;
      await call(app(), query);
      await app().command(path, "open");
      const opened = performance.now();
      // Twice the time to live, so that the entry is stale for certain.
      while (performance.now() < opened + 2500) {
        expect(await call(app(), query)).toMatchObject({ body: `answer 1 of ${path}` });
        await pause(100);
      }
      expect(app().upstream.hits(path)).toBe(1);
    },
  );
}
