import { hello, reply } from "../answers.ts";
import type { Calls } from "./call.ts";

export const headers: Calls = {
  "a Headers object": (fetch, at) => fetch(at.page(hello), { headers: new Headers({ "X-One": "1" }) }),
  "an array of pairs": (fetch, at) =>
    fetch(at.page(hello), {
      headers: [
        ["x-one", "1"],
        ["X-Two", "2"],
      ],
    }),
  "a record": (fetch, at) => fetch(at.page(hello), { headers: { "X-One": "1", accept: "text/html" } }),
  "a Map": (fetch, at) => fetch(at.page(hello), { headers: new Map([["x-one", "1"]]) }),
  "an iterable of pairs": (fetch, at) =>
    fetch(at.page(hello), {
      headers: (function* () {
        yield ["x-one", "1"];
      })(),
    }),
  "a record without prototype": (fetch, at) =>
    fetch(at.page(hello), { headers: Object.assign(Object.create(null), { "x-one": "1" }) }),
  "the headers of another response": async (fetch, at) => {
    const { headers: theirs } = await fetch(at.page(reply(200, { "x-theirs": "1" }), "/source"));
    return fetch(at.page(hello), { headers: theirs });
  },
  "duplicate headers": (fetch, at) =>
    fetch(at.page(hello), {
      headers: [
        ["x-one", "1"],
        ["x-one", "2"],
        ["X-ONE", "3"],
      ],
    }),
  "values that are no strings": (fetch, at) =>
    fetch(at.page(hello), { headers: { "x-number": 1, "x-null": null, "x-undefined": undefined } }),
  "a value with spaces around it": (fetch, at) => fetch(at.page(hello), { headers: { "x-one": "  1\t" } }),
  "an empty value": (fetch, at) => fetch(at.page(hello), { headers: { "x-one": "" } }),
  "a latin-1 value": (fetch, at) => fetch(at.page(hello), { headers: { "x-one": "süß" } }),
  "a value beyond latin-1": (fetch, at) => fetch(at.page(hello), { headers: { "x-one": "🦆" } }),
  "a value with a line break": (fetch, at) => fetch(at.page(hello), { headers: { "x-one": "a\r\nb: c" } }),
  "a header name with a space": (fetch, at) => fetch(at.page(hello), { headers: { "x one": "1" } }),
  "an empty header name": (fetch, at) => fetch(at.page(hello), { headers: { "": "1" } }),
  "a pair with three members": (fetch, at) => fetch(at.page(hello), { headers: [["x-one", "1", "2"]] }),
  "headers that are a string": (fetch, at) => fetch(at.page(hello), { headers: "x-one: 1" }),
  "headers that are a number": (fetch, at) => fetch(at.page(hello), { headers: 1 }),
  "headers that are null": (fetch, at) => fetch(at.page(hello), { headers: null }),
  "headers that browsers forbid": (fetch, at) =>
    fetch(at.page(hello), {
      headers: { referer: "http://from/", origin: "http://me", cookie: "a=1", dnt: "1" },
    }),
  "a Host header": (fetch, at) => fetch(at.page(hello), { headers: { host: "example.com" } }),
  "a Connection header": (fetch, at) => fetch(at.page(hello), { headers: { connection: "close" } }),
  "a Keep-Alive header": (fetch, at) => fetch(at.page(hello), { headers: { "keep-alive": "timeout=5" } }),
  "an Expect header": (fetch, at) =>
    fetch(at.page(hello), { method: "POST", body: "x", headers: { expect: "100-continue" } }),
  "a Transfer-Encoding header": (fetch, at) =>
    fetch(at.page(hello), { headers: { "transfer-encoding": "chunked" } }),
  "an Upgrade header": (fetch, at) => fetch(at.page(hello), { headers: { upgrade: "websocket" } }),
  "a user agent and accepted languages": (fetch, at) =>
    fetch(at.page(hello), { headers: { "user-agent": "mine/1", "accept-language": "de" } }),
  "headers that change right after the call": (fetch, at) => {
    const mine = new Headers({ "x-one": "before" });
    const answer = fetch(at.page(hello), { headers: mine });
    mine.set("x-one", "after");
    return answer;
  },
  "many headers in the answer": (fetch, at) => {
    const names = Array.from({ length: 100 }, (_, at) => [`x-${at}`, String(at)]);
    return fetch(at.page(reply(200, Object.fromEntries(names))));
  },
  "duplicate headers in the answer": (fetch, at) =>
    fetch(at.page(reply(200, { "x-two": ["1", "2"], vary: ["a", "b"] }))),
  "headers of an answer cannot be changed": async (fetch, at) => {
    const response = await fetch(at.page(hello));
    try {
      response.headers.set("x-one", "1");
      return "changed";
    } catch (error) {
      return error;
    }
  },
  "a cookie that is set": (fetch, at) =>
    fetch(at.page(reply(200, { "set-cookie": "a=1; Path=/; HttpOnly" }))),
  "several cookies that are set": (fetch, at) =>
    fetch(at.page(reply(200, { "set-cookie": ["a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", "b=2"] }))),
  "a cookie that is sent": (fetch, at) => fetch(at.page(hello), { headers: { cookie: "a=1; b=2" } }),
  "a range": (fetch, at) => {
    const answer = reply(206, { "content-range": "bytes 2-4/10", "accept-ranges": "bytes" }, "234");
    return fetch(at.page(answer), { headers: { range: "bytes=2-4" } });
  },
  "a range that cannot be satisfied": (fetch, at) =>
    fetch(at.page(reply(416, { "content-range": "bytes */10" })), { headers: { range: "bytes=20-" } }),
  "a conditional request": (fetch, at) =>
    fetch(at.page(reply(304, { etag: '"1"' })), { headers: { "if-none-match": '"1"' } }),
  "basic authorization": (fetch, at) =>
    fetch(at.page(reply(401, { "www-authenticate": 'Basic realm="x"' }, "who?")), {
      headers: { authorization: "Basic dTpw" },
    }),
};
