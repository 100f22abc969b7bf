import { describe, expect, test, vi } from "vitest";
import { watchBody } from "../../src/options.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";
import { rejectionOf } from "./rejection-of.ts";

const upstream = loopbackServer();

function watched(idleTimeout: "5s" | "20ms" | "30ms" | "1s" = "5s") {
  return guardedFetch({ watchBody: watchBody({ idleTimeout }), failureThreshold: 2 });
}

test("a body that is read to its end is a success, and what is read is the same", async () => {
  upstream.answer = (_, response) => response.writeHead(200, { "x-a": "b" }).end("a body\u{1f680}");
  const { fetch, totals, circuit } = watched();
  const response = await fetch(`${upstream.origin}/page`);
  expect(totals()).toMatchObject({ succeeded: 0, failed: 0 });
  expect(await response.text()).toBe("a body\u{1f680}");
  expect(totals()).toMatchObject({ succeeded: 1, failed: 0 });
  expect(circuit().snapshot().inFlight).toBe(0);
});

test("the Response is as the upstream's own: status, headers, URL, clones", async () => {
  upstream.answer = ({ url }, response) =>
    url === "/from"
      ? response.writeHead(302, { location: "/to" }).end()
      : response.writeHead(201, "Made", { "x-a": "b", "set-cookie": ["a=1", "b=2"] }).end("{}");
  const { fetch } = watched();
  const response = await fetch(`${upstream.origin}/from`);
  for (const each of [response, response.clone(), response.clone().clone()]) {
    expect(each).toBeInstanceOf(Response);
    expect([each.status, each.statusText, each.ok]).toEqual([201, "Made", true]);
    expect([each.url, each.redirected, each.type]).toEqual([`${upstream.origin}/to`, true, "basic"]);
    expect([each.headers.get("x-a"), each.headers.getSetCookie()]).toEqual(["b", ["a=1", "b=2"]]);
    expect(each.bodyUsed).toBe(false);
    expect(await each.json()).toEqual({});
  }
});

test("a body that breaks off after good headers counts, and opens", async () => {
  upstream.answer = (_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("begun");
    setTimeout(() => response.destroy(), 5);
  };
  const { fetch, totals, circuit } = watched();
  for (let call = 0; call < 2; call++) {
    const response = await fetch(upstream.origin);
    expect(response.status).toBe(200);
    expect(await rejectionOf(response.text())).toBeInstanceOf(TypeError);
  }
  expect(totals()).toMatchObject({ succeeded: 0, failed: 2 });
  expect(circuit().state).toBe("open");
});

test("a body that stalls counts, its reader gets a TimeoutError, and the connection is closed", async () => {
  let closed = 0;
  upstream.answer = (_, response) => {
    response.on("close", () => closed++);
    response.writeHead(200).write("begun");
  };
  const { fetch, totals } = watched("30ms");
  const response = await fetch(upstream.origin);
  const error = await rejectionOf(response.text());
  expect(error).toBeInstanceOf(DOMException);
  expect(error).toMatchObject({ name: "TimeoutError" });
  expect(totals()).toMatchObject({ failed: 1 });
  await expect.poll(() => closed).toBe(1);
});

test("a body of many parts, each in time, may take longer than the idle timeout in all", async () => {
  upstream.answer = (_, response) => {
    response.writeHead(200);
    let parts = 0;
    const next = (): void => {
      if (++parts > 12) response.end();
      else response.write("part ", () => setTimeout(next, 100));
    };
    next();
  };
  const { fetch, totals } = watched("1s");
  expect(await (await fetch(upstream.origin)).text()).toBe("part ".repeat(12));
  expect(totals()).toMatchObject({ succeeded: 1 });
});

test("a reader that leaves early is no failure, and the upstream hears of it", async () => {
  let closed = 0;
  upstream.answer = (_, response) => {
    response.on("close", () => closed++);
    response.writeHead(200).write("begun");
  };
  const { fetch, totals } = watched();
  const reader = (await fetch(upstream.origin)).body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("begun");
  await reader.cancel();
  expect(totals()).toMatchObject({ succeeded: 1, failed: 0 });
  await expect.poll(() => closed).toBe(1);
});

describe("an abort while the body is read", () => {
  /** A call whose headers have come and whose body has begun. */
  async function reading(signal: AbortSignal) {
    upstream.answer = (_, response) => void response.writeHead(200).write("begun");
    const guarded = watched();
    const response = await guarded.fetch(upstream.origin, { signal });
    const reader = response.body!.getReader();
    await reader.read();
    return { ...guarded, reader };
  }

  test("of the caller's counts for nothing", async () => {
    const controller = new AbortController();
    const { reader, totals, circuit } = await reading(controller.signal);
    const left = new Error("left the page");
    controller.abort(left);
    expect(await rejectionOf(reader.read())).toBe(left);
    expect(totals()).toMatchObject({ succeeded: 0, failed: 0, ignored: 1 });
    expect(circuit().snapshot().inFlight).toBe(0);
  });

  test("of a deadline of the caller's counts as a failure", async () => {
    const deadline = new AbortController();
    const { reader, totals } = await reading(deadline.signal);
    // As of AbortSignal.timeout, but not before the body has begun.
    deadline.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    expect(await rejectionOf(reader.read())).toMatchObject({ name: "TimeoutError" });
    expect(totals()).toMatchObject({ failed: 1, ignored: 0 });
  });
});

test("a body that breaks off counts for a Request whose own body was sent, too", async () => {
  upstream.answer = (_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("begun");
    setTimeout(() => response.destroy(), 5);
  };
  const { fetch, totals } = watched();
  const response = await fetch(new Request(upstream.origin, { method: "POST", body: "sent" }));
  await rejectionOf(response.text());
  expect(totals()).toMatchObject({ failed: 1, ignored: 0 });
});

test("what a body breaks with is judged as what a call throws", async () => {
  upstream.answer = (_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("begun");
    setTimeout(() => response.destroy(), 5);
  };
  const { fetch, totals } = guardedFetch({ watchBody: watchBody(), ignoreErrors: [TypeError] });
  await rejectionOf((await fetch(upstream.origin)).text());
  expect(totals()).toMatchObject({ failed: 0, ignored: 1 });
});

test.each([
  [true, { failed: 1, succeeded: 0 }],
  [false, { failed: 0, succeeded: 1 }],
])("a verdict that comes late decides whether the body is watched: failure %s", async (failed, expected) => {
  upstream.answer = (_, response) => response.writeHead(200).end("a body");
  const { fetch, totals } = guardedFetch({
    watchBody: watchBody(),
    isFailure: async () => (await Promise.resolve(), failed),
  });
  const response = await fetch(upstream.origin);
  expect(totals().failed).toBe(expected.failed);
  expect(totals().succeeded).toBe(0);
  expect(await response.text()).toBe("a body");
  expect(totals()).toMatchObject(expected);
});

test("clones can be read after a garbage collection", async () => {
  upstream.answer = (_, response) => {
    response.writeHead(200).write("begun, ");
    setTimeout(() => response.end("ended"), 20);
  };
  const { fetch } = watched();
  const clones = Array.from({ length: 20 }, async () => {
    const response = await fetch(upstream.origin);
    return [response, response.clone(), response.clone().clone()];
  });
  const responses = (await Promise.all(clones)).flat();
  await collectGarbage();
  const texts = await Promise.all(responses.map((response) => response.text()));
  expect(new Set(texts)).toEqual(new Set(["begun, ended"]));
});

test("a body that nobody reads is a success after the idle timeout, and holds no place", async () => {
  upstream.answer = (_, response) => response.writeHead(200).end("unread");
  const { fetch, totals, circuit } = watched("20ms");
  await fetch(upstream.origin);
  expect(circuit().snapshot().inFlight).toBe(0);
  await expect.poll(() => totals().succeeded).toBe(1);
});

test("answers without a body are judged by their headers", async () => {
  upstream.answer = ({ method }, response) => response.writeHead(method === "HEAD" ? 200 : 204).end();
  const { fetch, totals } = watched();
  await fetch(upstream.origin);
  await fetch(upstream.origin, { method: "HEAD" });
  expect(totals()).toMatchObject({ succeeded: 2 });
});

test("nothing is read ahead of the reader", async () => {
  const pull = vi.fn<(controller: ReadableStreamDefaultController) => void>((controller) =>
    controller.enqueue(new Uint8Array(10)),
  );
  const body = new ReadableStream({ pull }, { highWaterMark: 0 });
  const { fetch } = guardedFetch({
    watchBody: watchBody(),
    fetch: () => Promise.resolve(new Response(body)),
  });
  const reader = (await fetch("http://a.test")).body!.getReader();
  expect(pull).toHaveBeenCalledTimes(0);
  await reader.read();
  expect(pull).toHaveBeenCalledTimes(1);
  await reader.cancel();
});

describe("a bad idle timeout", () => {
  test.each([[0], [-1], [NaN], [Infinity], ["soon"], [null], ["10 parsecs"], ["600h"]])(
    "%j is refused",
    (wrong) => {
      expect(() => watchBody({ idleTimeout: wrong as never })).toThrow(/"watchBody.idleTimeout" must be/);
    },
  );
});
