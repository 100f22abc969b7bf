import { hello, redirect, reply, silence } from "../answers.ts";
import type { Calls, Run } from "./call.ts";
import { rejectionOf } from "./rejection-of.ts";

/** `abort()` without a reason, as most call it. */
const none = Symbol("no reason");

const give = (controller: AbortController, reason: unknown): void =>
  reason === none ? controller.abort() : controller.abort(reason);

const before =
  (reason: () => unknown): Run =>
  async (fetch, at) => {
    const controller = new AbortController();
    give(controller, reason());
    const error = await rejectionOf(fetch(at.page(hello), { signal: controller.signal }));
    return { error, isTheReason: error === controller.signal.reason };
  };

const whileWaiting =
  (reason: () => unknown): Run =>
  async (fetch, at) => {
    const controller = new AbortController();
    const url = at.page(() => give(controller, reason()));
    const error = await rejectionOf(fetch(url, { signal: controller.signal }));
    return { error, isTheReason: error === controller.signal.reason };
  };

const inMidBody =
  (reason: () => unknown): Run =>
  async (fetch, at) => {
    const controller = new AbortController();
    const url = at.page((_request, response) => response.write("begun"));
    const response = await fetch(url, { signal: controller.signal });
    const reader = response.body!.getReader();
    await reader.read();
    give(controller, reason());
    const error = await rejectionOf(reader.read());
    return { status: response.status, error, isTheReason: error === controller.signal.reason };
  };

class Own extends Error {
  override readonly name = "OwnError";
  readonly code = "OWN";
}

class Shy {
  get name(): string {
    throw new Error("do not look");
  }
}

const reasons: Record<string, () => unknown> = {
  "no reason": () => none,
  "a string": () => "a word",
  "an object": () => ({ key: "value" }),
  "a frozen object": () => Object.freeze({ frozen: true }),
  "an Error": () => new Error("caller's"),
  "an Error of a class of its own": () => new Own("caller's", { cause: new Error("deeper") }),
  "a TypeError like the network's": () => new TypeError("fetch failed"),
  null: () => null,
  zero: () => 0,
  "a symbol": () => Symbol.for("reason"),
  "a function": () => hello,
  "a DOMException by the name of TimeoutError": () => new DOMException("mine", "TimeoutError"),
  "something that throws when it is looked at": () => new Shy(),
};

const withEach = (when: string, run: (reason: () => unknown) => Run): Calls =>
  Object.fromEntries(
    Object.entries(reasons).map(([what, reason]) => [`aborted ${when} with ${what}`, run(reason)]),
  );

export const aborts: Calls = {
  ...withEach("before the call", before),
  ...withEach("while it waits for the headers", whileWaiting),
  ...withEach("in mid-body", inMidBody),
  "aborted right after the call": async (fetch, at) => {
    const controller = new AbortController();
    const answer = rejectionOf(fetch(at.page(hello), { signal: controller.signal }));
    controller.abort("at once");
    return answer;
  },
  "aborted after the headers, before the body is read": async (fetch, at) => {
    const controller = new AbortController();
    const url = at.page((_request, response) => response.write("begun"));
    const response = await fetch(url, { signal: controller.signal });
    controller.abort(new Own("too late"));
    const error = await rejectionOf(response.text());
    return { error, isTheReason: error === controller.signal.reason, used: response.bodyUsed };
  },
  "aborted after everything was read": async (fetch, at) => {
    const controller = new AbortController();
    const response = await fetch(at.page(hello), { signal: controller.signal });
    const text = await response.text();
    controller.abort();
    return [text, response];
  },
  "aborted with a clone in the other hand": async (fetch, at) => {
    const controller = new AbortController();
    const url = at.page((_request, response) => response.write("begun"));
    const response = await fetch(url, { signal: controller.signal });
    const clone = response.clone();
    controller.abort("both");
    return Promise.all([rejectionOf(response.text()), rejectionOf(clone.text())]);
  },
  "aborted twice: the first reason counts": async (fetch, at) => {
    const controller = new AbortController();
    const url = at.page(() => {
      controller.abort("first");
      controller.abort("second");
    });
    return rejectionOf(fetch(url, { signal: controller.signal }));
  },
  "aborted on the second page of a redirect": async (fetch, at) => {
    const controller = new AbortController();
    at.page(() => controller.abort("midway"), "/landing");
    return rejectionOf(fetch(at.page(redirect(302, "/landing"), "/start"), { signal: controller.signal }));
  },
  "aborted while an error status sends its body": async (fetch, at) => {
    const controller = new AbortController();
    const url = at.page((_request, response) => response.writeHead(500).write("begun"));
    const response = await fetch(url, { signal: controller.signal });
    controller.abort("enough of it");
    return [response.status, await rejectionOf(response.text())];
  },
  "one signal for two calls": async (fetch, at) => {
    const controller = new AbortController();
    const { signal } = controller;
    let arrived = 0;
    const hold = (): void => void (++arrived === 2 && controller.abort("both"));
    const [one, two] = [at.page(hold), at.elsewhere(hold)];
    return Promise.all([rejectionOf(fetch(one, { signal })), rejectionOf(fetch(two, { signal }))]);
  },
  "one signal again after a good call": async (fetch, at) => {
    const { signal } = new AbortController();
    const url = at.page(hello);
    return [await fetch(url, { signal }), await fetch(url, { signal })];
  },
  "a signal of AbortSignal.any": async (fetch, at) => {
    const [one, two] = [new AbortController(), new AbortController()];
    const url = at.page(() => two.abort("the second"));
    return rejectionOf(fetch(url, { signal: AbortSignal.any([one.signal, two.signal]) }));
  },
  "a caller who listens as well": async (fetch, at) => {
    const controller = new AbortController();
    const heard: string[] = [];
    controller.signal.onabort = () => heard.push("onabort");
    controller.signal.addEventListener("abort", () => heard.push("listener"));
    const url = at.page(() => controller.abort());
    return [await rejectionOf(fetch(url, { signal: controller.signal })), heard];
  },
  "AbortSignal.timeout before the headers": (fetch, at) =>
    fetch(at.page(silence), { signal: AbortSignal.timeout(20) }),
  "AbortSignal.timeout in mid-body": async (fetch, at) => {
    // Long enough for the headers on a busy machine.
    const signal = AbortSignal.timeout(300);
    const url = at.page((_request, response) => response.write("begun"));
    const response = await fetch(url, { signal });
    const error = await rejectionOf(response.text());
    return { error, isTheReason: error === signal.reason };
  },
  "AbortSignal.timeout that is not reached": (fetch, at) =>
    fetch(at.page(reply(200, {}, "in time")), { signal: AbortSignal.timeout(60_000) }),
  "AbortSignal.timeout within AbortSignal.any": (fetch, at) =>
    fetch(at.page(silence), {
      signal: AbortSignal.any([AbortSignal.timeout(20), new AbortController().signal]),
    }),
  "an aborted signal and a bad URL": (fetch) => fetch("/relative", { signal: AbortSignal.abort("first?") }),
  "an aborted signal and a refused port": (fetch, at) =>
    fetch(at.refused, { signal: AbortSignal.abort("first?") }),
  "an aborted signal and GET with a body": (fetch, at) => {
    const init = { body: "x", signal: AbortSignal.abort("first?") };
    return fetch(at.page(hello), init);
  },
  "an aborted signal and a body that is a stream": async (fetch, at) => {
    let told: unknown = "nothing";
    const body = new ReadableStream({ cancel: (why) => void (told = why) });
    const init = { method: "POST", duplex: "half", body, signal: AbortSignal.abort("unwanted") };
    return [await rejectionOf(fetch(at.page(hello), init)), told];
  },
};
