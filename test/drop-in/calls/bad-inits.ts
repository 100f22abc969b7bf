import { hello } from "../answers.ts";
import type { Calls, Run } from "./call.ts";

const init =
  (make: () => unknown): Run =>
  (fetch, at) =>
    fetch(at.page(hello), make());

const wrongSignals: Record<string, unknown> = {
  "a string": "abort",
  "an empty string": "",
  true: true,
  false: false,
  zero: 0,
  one: 1,
  NaN: Number.NaN,
  "an object": {},
  "an EventTarget": new EventTarget(),
  "an AbortController": new AbortController(),
  "a duck of a signal": {
    aborted: false,
    reason: undefined,
    throwIfAborted() {},
    addEventListener() {},
    removeEventListener() {},
  },
  "an aborted duck of a signal": { aborted: true, reason: "duck", addEventListener() {} },
  "an object that inherits from a signal": Object.create(new AbortController().signal),
};

export const badInits: Calls = {
  ...Object.fromEntries(
    Object.entries(wrongSignals).map(([what, signal]) => [
      `a signal that is ${what}`,
      init(() => ({ signal })),
    ]),
  ),
  "a signal that is null": init(() => ({ signal: null })),
  "a signal that is undefined": init(() => ({ signal: undefined })),
  "GET with a body": init(() => ({ body: "x" })),
  "HEAD with a body": init(() => ({ method: "HEAD", body: "x" })),
  "GET with an empty body": init(() => ({ body: "" })),
  "a method with a space": init(() => ({ method: "GET IT" })),
  "an empty method": init(() => ({ method: "" })),
  "a method that is a symbol": init(() => ({ method: Symbol("GET") })),
  "a method that is null": init(() => ({ method: null })),
  CONNECT: init(() => ({ method: "CONNECT" })),
  TRACE: init(() => ({ method: "TRACE" })),
  "track, in lower case": init(() => ({ method: "track" })),
  "mode: navigate": init(() => ({ mode: "navigate" })),
  "an unknown mode": init(() => ({ mode: "yes" })),
  "an unknown credentials mode": init(() => ({ credentials: "always" })),
  "an unknown cache mode": init(() => ({ cache: "forever" })),
  "an unknown redirect mode": init(() => ({ redirect: "perhaps" })),
  "an unknown referrer policy": init(() => ({ referrerPolicy: "whatever" })),
  "a referrer that is no URL": init(() => ({ referrer: "http://a b/" })),
  "a window": init(() => ({ window: {} })),
  "a window of null": init(() => ({ window: null })),
  "an unknown duplex": init(() => ({ duplex: "quarter" })),
  "an unknown priority": init(() => ({ priority: "urgent" })),
  "integrity that is a number": init(() => ({ integrity: 5 })),
  "a dispatcher that is none": init(() => ({ dispatcher: {} })),
  "null as init": init(() => null),
  "undefined as init": init(() => undefined),
  "a string as init": init(() => "POST"),
  "a number as init": init(() => 5),
  "true as init": init(() => true),
  "a symbol as init": init(() => Symbol("init")),
  "an array as init": init(() => [["method", "POST"]]),
  "a Date as init": init(() => new Date(0)),
  "a getter that throws": init(() => ({
    get method(): string {
      throw new RangeError("cannot say");
    },
  })),
  "a getter for the signal that throws": init(() => ({
    get signal(): AbortSignal {
      throw new RangeError("cannot say");
    },
  })),
  "a getter for the body that throws": init(() => ({
    method: "POST",
    get body(): string {
      throw new RangeError("cannot say");
    },
  })),
};
