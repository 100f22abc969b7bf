import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { outputs } from "../harness/outputs.ts";

export function sharing(app: () => App): void {
  const through: Array<[string, (query: string) => Promise<Record<string, unknown>>]> = [
    [
      "a server component",
      async (query) => JSON.parse(outputs(await app().text(`/memo?${query}`))[0]!) as never,
    ],
    ["a route handler", async (query) => (await app().get(`/api/call?${query}`)).json() as never],
    ["proxy.ts", async (query) => (await app().get(`/through-proxy?${query}`)).json() as never],
  ];

  test("a server component, a route handler and proxy.ts share one circuit", async () => {
    const path = "/shared-by-layers";
    app().upstream.set(path, 500);
    for (const [, call] of through.slice(0, 2))
      expect(await call(`path=${path}`)).toMatchObject({ status: 500 });
    for (const [layer, call] of through) {
      expect([layer, await call(`path=${path}`)]).toMatchObject([layer, { refused: true }]);
    }
    expect(app().upstream.hits(path)).toBe(2);
  });

  test("a failure that proxy.ts saw counts for the others", async () => {
    const path = "/shared-from-proxy";
    app().upstream.set(path, "reset");
    await through[2]![1](`path=${path}`);
    expect(await app().circuit(path)).toMatchObject({ failures: 1 });
  });

  test("a circuit that instrumentation.ts made is known to the routes", async () => {
    expect(await app().circuit("made by instrumentation")).toMatchObject({ state: "open" });
  });
}
