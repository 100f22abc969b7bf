import { channel } from "node:diagnostics_channel";
import { createServer, type ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { pipeline } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { http } from "msw";
import { setupServer } from "msw/node";
import * as undici7 from "undici";
import * as undici6 from "undici-6";
import * as undici8 from "undici-8";
import type { DispatchedCall } from "../../src/http/dispatched-call.none.ts";
import { selfSigned } from "../runtimes/caller-errors/certificate.ts";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";
import { rejectionOf } from "./rejection-of.ts";

const upstream = loopbackServer();
const nodesOwn = globalThis.fetch;
/** The same fetch, but nobody can know that nothing lies between: calls through it have a signal. */
const patched: typeof fetch = (...args) => nodesOwn(...args);

const places = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));
type Scope = Record<symbol, unknown>;
let ownDispatchers: unknown[];

beforeAll(async () => {
  await fetch(upstream.origin); // the first fetch of a process makes its dispatcher
  ownDispatchers = places.map((place) => (globalThis as unknown as Scope)[place]);
});
afterEach(() => {
  vi.unstubAllGlobals();
  for (const [i, place] of places.entries()) (globalThis as unknown as Scope)[place] = ownDispatchers[i];
});

/** How many signals the package makes meanwhile; fetch makes some of its own. */
function signalsMade(): () => number {
  let made = 0;
  const Own = AbortController;
  vi.stubGlobal(
    "AbortController",
    class extends Own {
      constructor() {
        super();
        if (new Error().stack!.split("\n")[2]!.includes("/src/")) made++;
      }
    },
  );
  return () => made;
}

interface Hanging {
  readonly asked: Promise<void>;
  readonly closed: Promise<unknown>;
}

/** The upstream will never answer; tells when it has been asked, and when that connection has closed. */
function hang(before?: (response: ServerResponse) => void): Hanging {
  let ask!: () => void;
  const asked = new Promise<void>((resolve) => (ask = resolve));
  const closed = new Promise((resolve) => {
    upstream.answer = ({ socket }, response) => {
      socket.once("close", () => resolve("closed"));
      before?.(response);
      ask();
    };
  });
  return { asked, closed };
}

/** Lets a second pass at once when something has happened: Node's own fetch does not notice. */
async function aSecondAfter<Value>(happened: Promise<unknown>, act: () => Promise<Value>): Promise<Value> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const result = act();
  await happened;
  vi.advanceTimersByTime(1_001);
  vi.useRealTimers();
  return result;
}

describe("a call needs no signal", () => {
  test.each<[string, () => [string | URL, object?]]>([
    ["a URL in a string", () => [upstream.origin]],
    ["a URL object", () => [new URL(upstream.origin)]],
    ["a dispatcher of the caller's", () => [upstream.origin, { dispatcher: new undici7.Agent() }]],
  ])("with %s", async (_, callOf) => {
    const { fetch, totals } = guardedFetch();
    const call = callOf();
    const made = signalsMade();
    expect((await fetch(...call)).status).toBe(200);
    expect([made(), totals()]).toEqual([0, counted.success]);
  });
});

describe("a call has a signal", () => {
  const callers = new AbortController();
  test.each<[string, () => [RequestInfo | URL, object?], typeof fetch?]>([
    ["with a caller's signal", () => [upstream.origin, { signal: callers.signal }]],
    ["with a Request", () => [new Request(upstream.origin)]],
    ["through a fetch that something has patched", () => [upstream.origin], patched],
    ["through undici's own fetch", () => [upstream.origin], undici7.fetch as unknown as typeof fetch],
  ])("%s", async (_, callOf, inner) => {
    const { fetch } = guardedFetch(inner && { fetch: inner });
    const call = callOf();
    const made = signalsMade();
    expect((await fetch(...call)).status).toBe(200);
    expect(made()).toBe(1);
  });

  test("with a dispatcher that is none: fetch says so as ever", async () => {
    const { fetch } = guardedFetch();
    for (const dispatcher of [null, 7, {}]) {
      const init = { dispatcher } as unknown as RequestInit;
      // oxlint-disable-next-line no-await-in-loop
      const [ours, bare] = await Promise.all(
        [fetch, nodesOwn].map(async (each) => (await each(upstream.origin, init)).status).map(outcome),
      );
      expect(ours).toEqual(bare);
    }
  });
});

const outcome = (promise: Promise<number>): Promise<unknown> =>
  promise.catch((error: Error) => [error.name, error.message]);

describe("a handler", () => {
  const reason = new DOMException("too late", "TimeoutError");
  const asked = vi.fn(() => true);
  const begun = async (): Promise<DispatchedCall & Dispatches> => {
    vi.resetModules();
    asked.mockClear();
    const { dispatchedCall } = await import("../../src/http/dispatched-call.node.ts");
    again = () => dispatchedCall(nodesOwn, upstream.origin, undefined);
    return dispatchedCall(nodesOwn, upstream.origin, { dispatcher: { dispatch: asked } }) as never;
  };
  interface Dispatches {
    dispatch(options: object, handler: object): boolean;
  }
  let again!: () => unknown;

  test.each(["onError", "onResponseError"])("that comes after the deadline is told by %s", async (way) => {
    const call = await begun();
    call.abort(reason);
    const told = vi.fn();
    call.dispatch({}, { [way]: told });
    expect(told.mock.lastCall!.at(-1)).toBe(reason);
    expect(asked).not.toHaveBeenCalled();
    expect(again()).toBeDefined();
  });

  test("that cannot be told: the calls that follow have a signal", async () => {
    const call = await begun();
    call.dispatch({}, {});
    call.abort(reason);
    expect(asked).toHaveBeenCalledOnce();
    expect(again()).toBeUndefined();
  });
});

test("where msw answers, a call has a signal; what it lets through is ended all the same", async () => {
  const server = setupServer(http.get("http://mocked.test/", () => new Response("mocked")));
  server.listen({ onUnhandledFrame: "bypass" });
  try {
    const { fetch } = guardedFetch({ timeout: "1s" });
    const made = signalsMade();
    expect(await (await fetch("http://mocked.test/")).text()).toBe("mocked");
    expect(made()).toBe(1);
    const { asked, closed } = hang();
    const late = await aSecondAfter(asked, () => rejectionOf(fetch(upstream.origin)));
    expect([late.name, await closed]).toEqual(["TimeoutError", "closed"]);
  } finally {
    server.close();
  }
});

/** Everything twice: it shall make no difference which way a call is ended. */
describe.each([
  ["its dispatcher", nodesOwn, 0],
  ["a signal", patched, 1],
] as const)("ended by %s, at its deadline", (_, inner, signals) => {
  const timedOut = async (input: string, asked: Promise<unknown>, init?: RequestInit): Promise<void> => {
    const { fetch, totals, name } = guardedFetch({ timeout: "1s", fetch: inner });
    const made = signalsMade();
    const error = await aSecondAfter(asked, async () => {
      try {
        await fetch(input, init);
      } catch (thrown) {
        return thrown as Error;
      }
      throw new Error("it was answered");
    });
    expect(error).toBeInstanceOf(DOMException);
    expect({ name: error.name, message: error.message }).toEqual({
      name: "TimeoutError",
      message: `next-protego [timeout] ${name}: waiting for the response headers took longer than 1000 ms`,
    });
    expect(error.stack).toContain("dispatched-call.test.ts");
    expect([made(), totals()]).toEqual([init?.signal ? 1 : signals, counted.failure]);
  };

  test("one that hangs closes its connection", async () => {
    const { asked, closed } = hang();
    await timedOut(upstream.origin, asked);
    await expect(closed).resolves.toBeDefined();
  });

  test("one that hangs on a connection that served others closes it", async () => {
    const { asked, closed } = hang();
    const hanging = upstream.answer;
    upstream.answer = (_, response) => response.end("served");
    await (await nodesOwn(upstream.origin)).text();
    upstream.answer = hanging;
    await timedOut(upstream.origin, asked);
    await expect(closed).resolves.toBeDefined();
  });

  test("one with a body that was sent", async () => {
    const { asked, closed } = hang();
    await timedOut(upstream.origin, asked, { method: "POST", body: "all of it" });
    await expect(closed).resolves.toBeDefined();
  });

  test("one whose body is sent in part", async () => {
    const { asked, closed } = hang();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("half of")),
    });
    await timedOut(upstream.origin, asked, { method: "POST", body, duplex: "half" } as RequestInit);
    await expect(closed).resolves.toBeDefined();
  });

  test("one that was redirected", async () => {
    const { asked, closed } = hang();
    const hanging = upstream.answer;
    upstream.answer = (request, response) =>
      request.url === "/moved"
        ? response.writeHead(302, { location: "/hangs" }).end()
        : hanging(request, response);
    await timedOut(`${upstream.origin}/moved`, asked);
    await expect(closed).resolves.toBeDefined();
  });

  test("one that has had early hints", async () => {
    const { asked, closed } = hang((response) =>
      response.writeEarlyHints({ link: "</a.css>; rel=preload; as=style" }),
    );
    await timedOut(upstream.origin, asked);
    await expect(closed).resolves.toBeDefined();
  });

  test("one over HTTP/2: its stream ends, and the connection serves on", async () => {
    const server = createSecureServer(selfSigned());
    let ask!: () => void;
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const reset = new Promise((resolve) => {
      server.on("stream", (stream, { ":path": path }) => {
        if (path === "/answered") return stream.respond({ ":status": 204 }, { endStream: true });
        stream.once("close", () => resolve(stream.rstCode)).once("error", () => {});
        return ask();
      });
    });
    let sessions = 0;
    server.on("session", () => sessions++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const dispatcher = new undici7.Agent({ allowH2: true, connect: { rejectUnauthorized: false } });
    const init = { dispatcher } as unknown as RequestInit;
    await timedOut(origin, asked, init);
    await expect(reset).resolves.toBeDefined();
    const { fetch } = guardedFetch({ fetch: inner });
    expect((await fetch(`${origin}/answered`, init)).status).toBe(204);
    expect(sessions).toBe(1);
    await dispatcher.destroy();
    server.close();
  });

  test("one that waits in line for a connection, and the one before it lives", async () => {
    const dispatcher = new undici7.Agent({ connections: 1, pipelining: 1 });
    let answer!: () => void;
    const asked = new Promise<void>((resolve) => {
      upstream.answer = (_, response) => {
        answer = () => response.end("patience");
        resolve();
      };
    });
    const patient = guardedFetch({ timeout: "30s", fetch: inner });
    const first = patient.fetch(upstream.origin, { dispatcher } as unknown as RequestInit);
    await asked;
    await timedOut(upstream.origin, setImmediate(), { dispatcher } as unknown as RequestInit);
    answer();
    expect(await (await first).text()).toBe("patience");
    expect(upstream.hits).toBe(1);
    await dispatcher.close();
  });

  test("its siblings with more time live", async () => {
    const answer: Array<() => void> = [];
    const bothAsked = new Promise<void>((resolve) => {
      upstream.answer = (_, response) => {
        if (answer.push(() => response.end("late")) === 2) resolve();
      };
    });
    const patient = guardedFetch({ timeout: "30s", fetch: inner });
    const hasty = guardedFetch({ timeout: "1s", fetch: inner });
    let slow!: Promise<Response>;
    const late = await aSecondAfter(bothAsked, () => {
      slow = patient.fetch(upstream.origin);
      return rejectionOf(hasty.fetch(upstream.origin));
    });
    expect(late.name).toBe("TimeoutError");
    for (const each of answer) each();
    expect(await (await slow).text()).toBe("late");
  });

  test("a body that is under way is untouched", async () => {
    let finish!: () => void;
    const { asked } = hang();
    const hanging = upstream.answer;
    upstream.answer = (request, response) => {
      if (request.url === "/hangs") hanging(request, response);
      else {
        response.write("begin, ");
        finish = () => response.end("end");
      }
    };
    const { fetch } = guardedFetch({ timeout: "1s", fetch: inner });
    const response = await fetch(upstream.origin);
    // Begun later: when its deadline has passed, so has the one of the call before.
    await aSecondAfter(asked, () => rejectionOf(fetch(`${upstream.origin}/hangs`)));
    finish();
    expect(await response.text()).toBe("begin, end");
  });

  test("the caller may still leave by itself", async () => {
    const { fetch, totals } = guardedFetch({ timeout: "30s", fetch: inner });
    const caller = new AbortController();
    const { closed } = hang(() => caller.abort(new Error("left")));
    const error = await rejectionOf(fetch(upstream.origin, { signal: caller.signal }));
    expect(error).toBe(caller.signal.reason);
    expect(totals()).toEqual(counted.nothing);
    await expect(closed).resolves.toBeDefined();
  });

  test("the caller's signal is not touched", async () => {
    const caller = new AbortController();
    const { asked, closed } = hang();
    await timedOut(upstream.origin, asked, { signal: caller.signal });
    await expect(closed).resolves.toBeDefined();
    expect(caller.signal.aborted).toBe(false);
  });

  test("who listens to undici's channels is told of an error with the same name", async () => {
    const told: string[] = [];
    const heard = (message: unknown): void => void told.push((message as { error: Error }).error.name);
    channel("undici:request:error").subscribe(heard);
    const { asked, closed } = hang();
    await timedOut(upstream.origin, asked);
    await expect(closed).resolves.toBeDefined();
    channel("undici:request:error").unsubscribe(heard);
    expect(told).toEqual(["TimeoutError"]);
  });

  test("three hundred leave no connection behind", async () => {
    const { fetch } = guardedFetch({ timeout: "1s", fetch: inner, failureThreshold: 1e9 });
    const allAsked = new Promise<void>((resolve) => {
      upstream.answer = () => upstream.hits === 300 && resolve();
    });
    const all = () => Promise.all(Array.from({ length: 300 }, () => rejectionOf(fetch(upstream.origin))));
    await aSecondAfter(allAsked, all);
    await vi.waitFor(async () => expect(await upstream.connections()).toBeLessThan(10), 10_000);
  });
});

describe.each([
  ["6", undici6],
  ["7", undici7],
  ["8", undici8],
] as const)("with undici %s from npm", (_, undici) => {
  const { Agent, RetryAgent, MockAgent, ProxyAgent, interceptors, setGlobalDispatcher } =
    undici as unknown as typeof undici7;

  /** Times out as a signal would have it, and answers when it is asked for something that is answered. */
  const worksWith = async (init?: object): Promise<boolean> => {
    const { asked, closed } = hang();
    const hasty = guardedFetch({ timeout: "1s" });
    const patient = guardedFetch();
    const made = signalsMade();
    const late = await aSecondAfter(asked, () => rejectionOf(hasty.fetch(upstream.origin, init)));
    expect(late.name).toBe("TimeoutError");
    await expect(closed).resolves.toBeDefined();
    upstream.answer = (request, response) => response.end(request.url);
    expect(await (await patient.fetch(`${upstream.origin}/answered`, init)).text()).toMatch(/\/answered$/);
    expect([made(), hasty.totals(), patient.totals()]).toEqual([0, counted.failure, counted.success]);
    return true;
  };

  const agents = {
    "an agent": () => new Agent(),
    "an agent that retries": () => new RetryAgent(new Agent()),
    "an agent with an interceptor": () => new Agent().compose(interceptors.redirect({ maxRedirections: 1 })),
  };
  describe.each(Object.entries(agents))("%s", (_name, make) => {
    test("in init", async ({ skip }) => {
      skip(undici === undici8, "a fetch of Node 24 cannot use a dispatcher of undici 8 by itself");
      await expect(worksWith({ dispatcher: make() })).resolves.toBe(true);
    });
    test("for the whole process", async () => {
      setGlobalDispatcher(make());
      await expect(worksWith()).resolves.toBe(true);
    });
  });

  test("a proxy", async () => {
    const proxied: string[] = [];
    const proxy = createServer().on("connect", ({ url }, socket) => {
      proxied.push(url!);
      const [host, port] = url!.split(":");
      const onward = connect(Number(port), host);
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      pipeline(socket, onward, socket, () => onward.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    setGlobalDispatcher(new ProxyAgent({ uri: `http://127.0.0.1:${port}`, proxyTunnel: true }));
    await worksWith();
    proxy.close();
    expect(proxied[0]).toBe(new URL(upstream.origin).host);
  });

  test("a mock agent is asked by fetch itself, through a signal", async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    setGlobalDispatcher(mock);
    // Of undici 8 a fetch of Node 24 sees no mock agent, and hands it no body that it could compare.
    const body = undici === undici8 ? undefined : "what was sent";
    mock
      .get("http://mocked.test")
      .intercept({ path: "/", method: "POST", ...(body && { body }) })
      .reply(201, "mocked");
    const { fetch } = guardedFetch();
    const made = signalsMade();
    const sent = { method: "POST", ...(body && { body }) };
    expect(await (await fetch("http://mocked.test/", sent)).text()).toBe("mocked");
    expect(made()).toBe(1);
  });
});
