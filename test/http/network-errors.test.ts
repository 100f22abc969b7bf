import { connect } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { isCircuitOpenError } from "../../src/errors.ts";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer, refusedUrl } from "./loopback-server.ts";
import { rejectionOf } from "./rejection-of.ts";

const upstream = loopbackServer();
afterEach(() => vi.unstubAllGlobals());

const broken: Array<[string, typeof upstream.answer]> = [
  ["closes the connection before it answers", ({ socket }) => socket.destroy()],
  ["resets the connection", ({ socket }) => socket.resetAndDestroy()],
  ["speaks no HTTP", ({ socket }) => socket.end("SSH-2.0-OpenSSH\r\n\r\n")],
  ["ends in the middle of its headers", ({ socket }) => socket.end("HTTP/1.1 200 OK\r\ncontent-")],
];

test.each(broken)("an upstream that %s fails, and the caller gets fetch's own error", async (_, answer) => {
  const { fetch, totals } = guardedFetch();
  upstream.answer = answer;
  expect(await rejectionOf(fetch(upstream.origin))).toMatchObject({
    name: "TypeError",
    message: "fetch failed",
  });
  expect(totals()).toEqual(counted.failure);
});

test("a port that nobody listens on fails", async () => {
  const { fetch, totals } = guardedFetch();
  const error = await rejectionOf(fetch(refusedUrl));
  expect((error.cause as NodeJS.ErrnoException).code).toBe("ECONNREFUSED");
  expect(totals()).toEqual(counted.failure);
});

test.each([
  ["counts for nothing while the browser is offline", { onLine: false }, counted.nothing],
  ["counts while it is online", { onLine: true }, counted.failure],
  ["counts where that is not told", {}, counted.failure],
])("an error of the network %s", async (_, navigator, expected) => {
  vi.stubGlobal("navigator", navigator);
  const { fetch, totals } = guardedFetch({ fetch: () => Promise.reject(new TypeError("Failed to fetch")) });
  await rejectionOf(fetch("https://api.test/"));
  expect(totals()).toEqual(expected);
});

test("a name that does not resolve fails", async () => {
  const cause = Object.assign(new Error("getaddrinfo ENOTFOUND api.invalid"), { code: "ENOTFOUND" });
  const failed = new TypeError("fetch failed", { cause });
  const { fetch, totals } = guardedFetch({ fetch: () => Promise.reject(failed) });
  expect(await rejectionOf(fetch("http://api.invalid"))).toBe(failed);
  expect(totals()).toEqual(counted.failure);
});

test.each(["Failed to fetch", "Load failed", "NetworkError when attempting to fetch resource."])(
  "the words of another runtime count as well: %s",
  async (message) => {
    const { fetch, totals } = guardedFetch({ fetch: () => Promise.reject(new TypeError(message)) });
    await rejectionOf(fetch("http://api.test"));
    expect(totals()).toEqual(counted.failure);
  },
);

test("a body that breaks after good headers does not count", async () => {
  const { fetch, totals } = guardedFetch();
  upstream.answer = (_, response) => {
    response.writeHead(200, { "content-length": 100 }).write("begin");
    setImmediate(() => response.destroy());
  };
  const response = await fetch(upstream.origin);
  await expect(response.text()).rejects.toThrow(TypeError);
  expect(totals()).toEqual(counted.success);
});

test("three refused connections open the circuit, and the fourth call reaches nobody", async () => {
  const { fetch, circuit } = guardedFetch();
  for (let call = 0; call < 3; call++) await rejectionOf(fetch(upstream.origin.replace(/\d+$/, "2")));
  const error = await rejectionOf(fetch(upstream.origin));
  expect(isCircuitOpenError(error)).toBe(true);
  expect((error.cause as Error).message).toBe("fetch failed");
  expect(upstream.hits).toBe(0);
  expect(circuit().state).toBe("open");
});

test("the test's refused port is refused, and its server is not", async () => {
  const answers = (port: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => resolve(true));
      socket.on("error", () => resolve(false)).on("connect", () => socket.destroy());
    });
  expect(await answers(new URL(refusedUrl).port)).toBe(false);
  expect(await answers(new URL(upstream.origin).port)).toBe(true);
});
