import { Request as UndiciRequest } from "undici";
import { echo, hello, redirect, silence } from "../answers.ts";
import type { Calls } from "./call.ts";
import { rejectionOf } from "./rejection-of.ts";

const request = (url: unknown, init: object = {}): Request => new Request(url as string, init as RequestInit);

export const requestInputs: Calls = {
  "a Request": (fetch, at) => fetch(request(at.page(hello))),
  "a Request with method, headers and body": (fetch, at) =>
    fetch(request(at.page(echo), { method: "PUT", headers: { "x-own": "1" }, body: "request" })),
  "a Request with a stream": (fetch, at) =>
    fetch(request(at.page(echo), { method: "POST", body: new Blob(["streamed"]).stream(), duplex: "half" })),
  "a Request with FormData": (fetch, at) => {
    const body = new FormData();
    body.set("key", "value");
    return fetch(request(at.page(echo), { method: "POST", body }));
  },
  "a Request and an empty init": (fetch, at) =>
    fetch(request(at.page(hello), { headers: { "x-own": "1" } }), {}),
  "a Request whose method init overrides": (fetch, at) =>
    fetch(request(at.page(echo), { method: "POST", body: "kept" }), { method: "PATCH" }),
  "a Request whose headers init replaces": (fetch, at) =>
    fetch(request(at.page(hello), { headers: { "x-own": "1", "x-gone": "1" } }), {
      headers: { "x-new": "2" },
    }),
  "a Request whose body init replaces": (fetch, at) => {
    const init = { body: "new" };
    return fetch(request(at.page(echo), { method: "POST", body: "old" }), init);
  },
  "a Request with a body that init turns into GET": (fetch, at) =>
    fetch(request(at.page(echo), { method: "POST", body: "old" }), { method: "GET" }),
  "a Request, whose body is used by the call": async (fetch, at) => {
    const input = request(at.page(echo), { method: "POST", body: "used" });
    const before = input.bodyUsed;
    const response = await fetch(input);
    return [before, input.bodyUsed, response];
  },
  "a Request whose body was used already": async (fetch, at) => {
    const input = request(at.page(echo), { method: "POST", body: "used" });
    await input.text();
    return fetch(input);
  },
  "a Request with a used body that init replaces": async (fetch, at) => {
    const input = request(at.page(echo), { method: "POST", body: "used" });
    await input.text();
    const init = { body: "fresh" };
    return fetch(input, init);
  },
  "the same Request with a body twice": async (fetch, at) => {
    const input = request(at.page(echo), { method: "POST", body: "once" });
    return [await fetch(input), await rejectionOf(fetch(input))];
  },
  "the same Request without a body twice": async (fetch, at) => {
    const input = request(at.page(hello));
    return [await fetch(input), await fetch(input)];
  },
  "a Request and its clone": async (fetch, at) => {
    const input = request(at.page(echo), { method: "POST", body: "both" });
    const clone = input.clone();
    return [await fetch(input), await fetch(clone)];
  },
  "a Request that knows its redirect mode": (fetch, at) =>
    fetch(request(at.page(redirect(302, "/landing")), { redirect: "manual" })),
  "a Request with a referrer": (fetch, at) =>
    fetch(request(at.page(hello), { referrer: at.page(hello, "/from?where"), referrerPolicy: "unsafe-url" })),
  "a Request with a referrer and an init": (fetch, at) =>
    fetch(request(at.page(hello), { referrer: at.page(hello, "/from?where") }), {
      headers: { "x-new": "1" },
    }),
  "a Request with no referrer": (fetch, at) => fetch(request(at.page(hello), { referrer: "" })),
  "a Request with a cache mode": (fetch, at) => fetch(request(at.page(hello), { cache: "no-store" })),
  "a Request with a signal of its own, aborted while it waits": async (fetch, at) => {
    const controller = new AbortController();
    const reason = { why: "own signal" };
    const url = at.page(() => controller.abort(reason));
    const error = await rejectionOf(fetch(request(url, { signal: controller.signal })));
    return { error, isTheCallers: error === reason };
  },
  "a Request whose signal was aborted before": async (fetch, at) => {
    const reason = new Error("never mind");
    const input = request(at.page(hello), { signal: AbortSignal.abort(reason) });
    const error = await rejectionOf(fetch(input));
    return { error, isTheCallers: error === reason };
  },
  "a Request with an aborted signal that init replaces": (fetch, at) =>
    fetch(request(at.page(hello), { signal: AbortSignal.abort() }), { signal: new AbortController().signal }),
  "a Request with an aborted signal that init takes away": (fetch, at) =>
    fetch(request(at.page(hello), { signal: AbortSignal.abort() }), { signal: null }),
  "a Request with a good signal and an aborted one in init": (fetch, at) =>
    fetch(request(at.page(hello), { signal: new AbortController().signal }), { signal: AbortSignal.abort() }),
  "a Request whose own signal says nothing once init has another": async (fetch, at) => {
    const [own, given] = [new AbortController(), new AbortController()];
    const url = at.page(() => {
      own.abort("unheard");
      given.abort("heard");
    });
    return rejectionOf(fetch(request(url, { signal: own.signal }), { signal: given.signal }));
  },
  "a Request that another Request was made from": (fetch, at) =>
    fetch(
      request(request(at.page(echo), { method: "POST", body: "inner" }), { headers: { "x-outer": "1" } }),
    ),
  "a Request of a subclass": (fetch, at) => {
    class Own extends Request {
      readonly mark = "own";
    }
    return fetch(new Own(at.page(echo), { method: "POST", body: "sub" }));
  },
  "a Request of another library, which is no Request": (fetch, at) =>
    fetch(new UndiciRequest(at.page(hello), { method: "POST", body: "foreign" })),
  "a Request with the deadline of its own": (fetch, at) =>
    rejectionOf(fetch(request(at.page(silence), { signal: AbortSignal.timeout(20) }))),
};
