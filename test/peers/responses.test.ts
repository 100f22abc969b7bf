import { beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, type ProtectedFetchOptions } from "../../src/index.ts";
import { watchBody } from "../../src/options.ts";
import { loopbackServer } from "../http/loopback-server.ts";

const upstream = loopbackServer();

beforeEach(() => {
  upstream.answer = (request, response) => {
    const status = Number(request.url!.slice(1)) || 200;
    response.writeHead(status, request.url === "/broken" ? { "content-length": "100" } : {});
    if (request.url === "/broken") response.write("half", () => response.destroy());
    else if (request.url === "/endless") response.write("first");
    else request.pipe(response);
  };
});

let serial = 0;

function guarded(options: ProtectedFetchOptions = {}) {
  const name = `responses ${++serial}`;
  return {
    fetch: createProtectedFetch({ name, failureThreshold: 100, ...options }),
    totals: () => circuits.get(name)!.snapshot().totals,
  };
}

describe("responses", () => {
  test("a body that fails after good headers counts where bodies are watched", async () => {
    const { fetch, totals } = guarded({ watchBody: watchBody() });
    await (await fetch(`${upstream.origin}/broken`)).text().catch(() => {});
    expect(totals()).toMatchObject({ failed: 1, succeeded: 0 });
  });

  test("a reader who cancels a body is no failure, and a live stream is not cut", async () => {
    const { fetch, totals } = guarded({ watchBody: watchBody({ idleTimeout: "1m" }), timeout: 30 });
    const reader = (await fetch(`${upstream.origin}/endless`)).body!.getReader();
    await reader.read();
    // Longer than the timeout, which ends with the headers.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(totals()).toMatchObject({ failed: 0 });
    await reader.cancel();
    expect(totals()).toMatchObject({ failed: 0, succeeded: 1 });
  });

  test("a Request is told by its own URL", async () => {
    const fetch = createProtectedFetch({ fetch: () => Promise.resolve(new Response()) });
    await fetch(new Request("https://one.test/a"));
    await fetch(new URL("https://two.test/b"));
    await fetch("https://three.test/c");
    for (const host of ["one", "two", "three"]) {
      expect(circuits.get(`https://${host}.test`)?.snapshot().totals.succeeded).toBe(1);
    }
  });

  test("two POSTs of different bodies are two", async () => {
    const { fetch } = guarded();
    const texts = ["one", "two"].map(async (body) =>
      (await fetch(`${upstream.origin}/200`, { method: "POST", body })).text(),
    );
    expect(await Promise.all(texts)).toEqual(["one", "two"]);
    expect(upstream.hits).toBe(2);
  });

  test("every option of fetch arrives", async () => {
    const real = vi.fn<typeof globalThis.fetch>(() => Promise.resolve(new Response()));
    const { fetch } = guarded({ fetch: real, timeout: false });
    const body = new ReadableStream();
    const init = {
      method: "POST",
      headers: { a: "b" },
      body,
      duplex: "half",
      cache: "force-cache",
      next: { revalidate: 60, tags: ["products"] },
      redirect: "manual",
      keepalive: false,
    };
    await fetch(upstream.origin, init as RequestInit);
    expect(real).toHaveBeenCalledExactlyOnceWith(upstream.origin, init);
  });

  test("fetch is looked up at each call, so a later patch is seen", async () => {
    const { fetch } = guarded();
    const patched = vi
      .spyOn(globalThis, "fetch")
      .mockImplementation(() => Promise.resolve(new Response("patched")));
    expect(await (await fetch(upstream.origin)).text()).toBe("patched");
    patched.mockRestore();
    expect((await fetch(`${upstream.origin}/204`)).status).toBe(204);
  });

  test("an answer of Next's data cache says nothing about the upstream", async () => {
    const hit = Object.defineProperty(new Response("cached"), "url", { value: upstream.origin });
    const { fetch, totals } = guarded({
      fetch: Object.assign(() => Promise.resolve(hit), { __nextPatched: true }),
    });
    await fetch(upstream.origin);
    expect(totals()).toMatchObject({ succeeded: 0, failed: 0, ignored: 1 });
  });
});
