import { hello, redirect, silence } from "../answers.ts";
import type { Calls } from "./call.ts";

export const urlInputs: Calls = {
  "a URL": (fetch, at) => fetch(new URL(at.page(hello))),
  "a URL that changes right after the call": (fetch, at) => {
    const url = new URL(at.page(hello, "/before"));
    const answer = fetch(url);
    url.pathname = "/after";
    return answer;
  },
  "a URL of a subclass": (fetch, at) => fetch(new (class Own extends URL {})(at.page(hello))),
  "a URL with query and fragment": (fetch, at) => fetch(at.page(hello, "/page?a=1&b=ü#fragment")),
  "a URL with spaces around it": (fetch, at) => fetch(`  ${at.page(hello)}\n`),
  "a URL with dots in its path": (fetch, at) => fetch(`${at.page(hello, "/page")}/../page/./../page`),
  "a URL in capitals": (fetch, at) => fetch(at.page(hello).replace("http", "HTTP")),
  "a URL with characters that get escaped": (fetch, at) => fetch(`${at.page(hello)}?q=a b"<>\`{}|\\^ü🦆%zz`),
  "a URL with a backslash": (fetch, at) => fetch(at.page(hello, "/page").replace("/page", "\\page")),
  "a URL without a path": (fetch, at) => fetch(at.page(hello, "/").slice(0, -1)),
  "a URL with an empty query": (fetch, at) => fetch(`${at.page(hello)}?`),
  "a host by name": (fetch, at) => fetch(at.page(hello).replace("127.0.0.1", "localhost")),
  "a host in decimal": (fetch, at) => fetch(at.page(hello).replace("127.0.0.1", "2130706433")),
  "an object with toString": (fetch, at) => {
    const url = at.page(hello);
    return fetch({ toString: () => url });
  },
  "an object with Symbol.toPrimitive": (fetch, at) => {
    const url = at.page(hello);
    return fetch({ [Symbol.toPrimitive]: () => url });
  },
  "an object with toString that says something else each time": (fetch, at) => {
    const urls = [at.page(hello, "/1"), at.page(hello, "/2"), at.page(hello, "/3")];
    return fetch({ toString: () => urls.shift() });
  },
  "an object with toString that also has a url and a signal": (fetch, at) => {
    const url = at.page(hello);
    return fetch({ url: "http://127.0.0.1:2/", signal: AbortSignal.abort(), toString: () => url });
  },
  "an object with toString that also has a method": (fetch, at) => {
    const url = at.page(hello);
    return fetch({ url, method: 7, headers: 7, referrer: 7, toString: () => url });
  },
  "an object whose toString throws": (fetch) =>
    fetch({
      toString() {
        throw new RangeError("unspeakable");
      },
    }),
  "an object without toString": (fetch) => fetch(Object.create(null)),
  "a String object": (fetch, at) => fetch(Object(at.page(hello))),
  "an array with one URL": (fetch, at) => fetch([at.page(hello)]),
  "a Location, as it were": (fetch, at) => {
    const href = at.page(hello);
    return fetch({ href, toString: () => href });
  },
  "a URL whose answer is redirected keeps its fragment": (fetch, at) => {
    at.page(hello, "/landing");
    return fetch(at.page(redirect(302, "/landing"), "/start#kept"));
  },
  "a URL and a deadline": (fetch, at) =>
    fetch(new URL(at.page(silence)), { signal: AbortSignal.timeout(20) }),
};
