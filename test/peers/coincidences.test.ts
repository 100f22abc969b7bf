import { describe, expect, test } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { DrivenCircuit } from "./driven-circuit.ts";

describe("two things at the same moment", () => {
  test("what a listener causes is told after, to the listeners behind it as well", async () => {
    const driven = new DrivenCircuit();
    await driven.succeed();
    const told: string[] = [];
    driven.circuit.subscribe((event) => {
      if (event.type === "circuit.changed" && event.to === "open") driven.circuit.close();
    });
    driven.circuit.subscribe((event) => {
      if (event.type === "circuit.changed") told.push(event.to);
    });
    await driven.fail(3);
    expect(told).toEqual(["open", "closed"]);
  });

  test("a network error counts, though the caller has aborted before it arrives", async () => {
    const controller = new AbortController();
    const broken = new TypeError("fetch failed", { cause: new Error("ECONNRESET") });
    const fetch = createProtectedFetch({
      name: "aborted and broken",
      fetch: () => {
        controller.abort();
        return Promise.reject(broken);
      },
    });
    await expect(fetch("http://a.test", { signal: controller.signal })).rejects.toBe(broken);
    const { totals } = circuits.get("aborted and broken")!.snapshot();
    expect(totals).toMatchObject({ failed: 1, ignored: 0 });
  });
});
