import { notFound, redirect } from "next/navigation.js";
import { describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, withProtego } from "../../src/index.ts";

describe("the edge and Next", () => {
  test("no call waits for a promise that another call has started", async () => {
    let answered = 0;
    const fetch = createProtectedFetch({
      name: "no shared promises",
      fetch: (input) => {
        if (input === "https://a.test/hang") return new Promise(() => {});
        answered++;
        return Promise.resolve(new Response());
      },
    });
    void fetch("https://a.test/hang").catch(() => {});
    await Promise.all(Array.from({ length: 10 }, (_, i) => fetch(`https://a.test/${i}`)));
    expect(answered).toBe(10);
  });

  test.each([
    ["redirect", () => redirect("/login")],
    ["notFound", () => notFound()],
  ])("%s() passes a wrapped handler untouched and uncounted", async (name, thrown) => {
    const circuit = `GET /${name}`;
    const handler = withProtego(() => Promise.resolve(thrown() as never), { name: circuit });
    let own: unknown;
    try {
      thrown();
    } catch (error) {
      own = error;
    }
    const error: unknown = await handler(new Request("http://a.test") as never, {} as never).catch(
      (reason: unknown) => reason,
    );
    expect((error as { digest: string }).digest).toBe((own as { digest: string }).digest);
    expect(circuits.get(circuit)!.snapshot().totals).toMatchObject({ failed: 0, ignored: 1 });
  });

  test("a module that is evaluated twice shares its circuits", async () => {
    vi.resetModules();
    const again = await import("../../src/index.ts");
    expect(again.circuits).not.toBe(circuits);
    circuits.register("twice").open();
    expect(again.circuits.get("twice")?.state).toBe("open");
    again.circuits.get("twice")!.close();
    expect(circuits.get("twice")!.state).toBe("closed");
  });

  test("a wrapped handler gets the request and its params as they are", async () => {
    const request = new Request("http://a.test") as never;
    const context = { params: Promise.resolve({ id: "7" }) };
    const seen: unknown[] = [];
    const handler = withProtego((...args: unknown[]) => {
      seen.push(...args);
      return Promise.resolve(new Response());
    });
    await handler(request, context as never);
    expect(seen[0]).toBe(request);
    expect(seen[1]).toBe(context);
  });
});
