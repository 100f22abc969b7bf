import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { startUpstream } from "../harness/upstream.ts";
import { edgeRoute, page, pagesApi, type Place, proxy, refused, route } from "./told.ts";

const places: Array<[string, Place]> = [
  ["a route", route],
  ["an edge route", edgeRoute],
  ["a page", page],
  ["the Pages API", pagesApi],
  ["proxy.ts", proxy],
];

export function everyPlace(app: () => App): void {
  test.each(places)("%s: two failures open, the third call is not sent", async (name, call) => {
    const path = `/down-in-${name.replaceAll(" ", "-")}`;
    app().upstream.set(path, 500);
    for (let count = 0; count < 2; count++) {
      expect(await call(app(), `path=${path}&cache=no-store`)).toMatchObject({ status: 500 });
    }
    expect(await call(app(), `path=${path}&cache=no-store`)).toMatchObject(refused);
    expect(app().upstream.hits(path)).toBe(2);
  });

  test.each([
    ["a route", route],
    ["an edge route", edgeRoute],
    ["a page", page],
  ] as Array<[string, Place]>)("%s: what hangs is cut off, and counts", async (name, call) => {
    const path = `/hangs-in-${name.replaceAll(" ", "-")}`;
    app().upstream.set(path, "hang");
    expect(await call(app(), `path=${path}`)).toMatchObject({ error: "TimeoutError" });
    const told = await call(app(), `path=${path}`);
    const circuit = told.circuits
      ? told.circuits.find((each) => each.name === path)
      : await app().circuit(path);
    expect(circuit).toMatchObject({ state: "open", totals: { failed: 2 } });
  });

  test("after()", async () => {
    const { totals } = (await app().circuit("/after")) ?? { totals: { allowed: 0 } };
    await app().get("/api/after");
    await expect.poll(async () => (await app().circuit("/after"))?.totals.allowed).toBe(totals.allowed + 1);
    await app().command("/after", "open");
    const hits = app().upstream.hits("/after");
    await app().get("/api/after");
    await expect.poll(async () => (await app().circuit("/after"))?.totals.refused).toBe(1);
    expect(app().upstream.hits("/after")).toBe(hits);
  });

  test("server actions", async () => {
    const form = await app().text("/action");
    const send = (): Promise<Response> => {
      const body = new FormData();
      for (const [, name] of form.matchAll(/name="(\$ACTION[^"]*)"/g)) body.set(name!, "");
      return app().get("/action", { method: "POST", body });
    };
    expect((await send()).status).toBe(200);
    expect(await app().circuit("/action")).toMatchObject({ totals: { allowed: 1 } });
    await app().command("/action", "open");
    expect((await send()).status).toBe(500);
    expect(await app().circuit("/action")).toMatchObject({ totals: { refused: 1 } });
    expect(app().upstream.hits("/action")).toBe(1);
  });

  test("and leaves other origins alone", async () => {
    const other = await startUpstream();
    other.set("/elsewhere", 500);
    for (let call = 0; call < 4; call++) {
      expect(await route(app(), `origin=${other.url}&path=/elsewhere`)).toMatchObject({ status: 500 });
    }
    expect(other.hits("/elsewhere")).toBe(4);
    expect(await app().circuit("/elsewhere")).toBeUndefined();
    await other.close();
  });
}
