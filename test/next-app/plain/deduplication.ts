import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { outputs } from "../harness/outputs.ts";

export function deduplication(app: () => App): void {
  const results = async (query: string): Promise<Array<Record<string, unknown>>> =>
    outputs(await app().text(`/memo?${query}`)).map((text) => JSON.parse(text) as Record<string, unknown>);

  test("three components that fetch the same send one request, with the timeout armed", async () => {
    const all = await results("path=/memo");
    expect(all).toEqual(Array(3).fill({ status: 200, body: "answer 1 of /memo" }));
    expect(app().upstream.hits("/memo")).toBe(1);
  });

  test("a failure that three components share counts once", async () => {
    app().upstream.set("/memo-503", 503);
    const all = await results("path=/memo-503");
    expect(all.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(app().upstream.hits("/memo-503")).toBe(1);
    expect(await app().circuit("/memo-503")).toMatchObject({
      state: "closed",
      failures: 1,
      totals: { failed: 1 },
    });
  });

  test("a broken connection that three components share counts once", async () => {
    app().upstream.set("/memo-reset", "reset");
    const all = await results("path=/memo-reset");
    expect(all.map(({ error }) => error)).toEqual(Array(3).fill("TypeError"));
    expect(await app().circuit("/memo-reset")).toMatchObject({ state: "closed", totals: { failed: 1 } });
  });

  test("a timeout that three components share counts once, and does not end deduplication", async () => {
    app().upstream.set("/memo-hang", "hang");
    const all = await results("path=/memo-hang");
    expect(all.map(({ error }) => error)).toEqual(Array(3).fill("TimeoutError"));
    expect(app().upstream.hits("/memo-hang")).toBe(1);
    expect(await app().circuit("/memo-hang")).toMatchObject({ state: "closed", totals: { failed: 1 } });
  });

  test("another render counts again", async () => {
    app().upstream.set("/memo-twice", 503);
    await results("path=/memo-twice");
    await results("path=/memo-twice");
    expect(await app().circuit("/memo-twice")).toMatchObject({ state: "open", totals: { failed: 2 } });
    expect(await results("path=/memo-twice")).toEqual(
      Array(3).fill(expect.objectContaining({ error: "CircuitOpenError", refused: true })),
    );
    expect(app().upstream.hits("/memo-twice")).toBe(2);
  });
}
