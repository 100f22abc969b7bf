import { setTimeout as pause } from "node:timers/promises";
import type { CircuitSnapshot } from "next-protego";
import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";

interface Told {
  status?: number;
  body?: string;
  error?: string;
  refused?: boolean;
  circuits: CircuitSnapshot[];
}

export function edge(app: () => App): void {
  const call = async (query: string): Promise<Told> =>
    (await app().get(`/api/edge?${query}`)).json() as never;

  test("an edge route keeps its state from request to request, and opens", async () => {
    app().upstream.set("/edge", 500);
    expect(await call("path=/edge")).toMatchObject({ status: 500 });
    expect(await call("path=/edge")).toMatchObject({ status: 500 });
    const { circuits, ...told } = await call("path=/edge");
    expect(told).toMatchObject({ error: "CircuitOpenError", refused: true });
    expect(circuits.find(({ name }) => name === "/edge")).toMatchObject({ state: "open" });
    expect(app().upstream.hits("/edge")).toBe(2);
  });

  test("an edge route's circuits are its own: the node routes do not see them", async () => {
    await call("path=/edge-alone");
    expect(await app().circuit("/edge-alone")).toBeUndefined();
  });

  test("a timeout fails an edge call and counts", async () => {
    app().upstream.set("/edge-hang", "hang");
    const { circuits, ...told } = await call("path=/edge-hang");
    expect(told).toMatchObject({ error: "TimeoutError" });
    expect(circuits.find(({ name }) => name === "/edge-hang")).toMatchObject({ failures: 1 });
  });

  test("a hit of the data cache is served by an edge route whose circuit is open", async () => {
    app().upstream.set("/edge-hit", 200);
    expect(await call("path=/edge-hit&cache=force-cache")).toMatchObject({ body: "answer 1 of /edge-hit" });
    app().upstream.set("/edge-hit", 500);
    await call("path=/edge-hit&cache=no-store");
    await call("path=/edge-hit&cache=no-store");
    expect(await call("path=/edge-hit&cache=no-store")).toMatchObject({ refused: true });
    expect(await call("path=/edge-hit&cache=force-cache")).toMatchObject({ body: "answer 1 of /edge-hit" });
    expect(app().upstream.hits("/edge-hit")).toBe(3);
  });

  test("a stale entry is served by an edge route whose circuit is open, and Next's refresh is not sent", async () => {
    const path = "/edge-stale";
    await call(`path=${path}&revalidate=1`);
    app().upstream.set(path, 500);
    await call(`path=${path}&cache=no-store`);
    await call(`path=${path}&cache=no-store`);
    const hits = app().upstream.hits(path);
    // Twice the time to live, so that the entry is stale for certain.
    for (const opened = performance.now(); performance.now() < opened + 2500; await pause(100)) {
      expect(await call(`path=${path}&revalidate=1`)).toMatchObject({ body: `answer 1 of ${path}` });
    }
    expect(app().upstream.hits(path)).toBe(hits);
  });

  test("a wrapped edge route answers 503 once its own failures have opened it", async () => {
    const statuses = [];
    for (const id of ["1", "2", "3"]) statuses.push((await app().get(`/api/edge-failing/${id}`)).status);
    expect(statuses).toEqual([502, 502, 503]);
  });
}
