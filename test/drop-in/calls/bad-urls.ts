import { hello } from "../answers.ts";
import type { Calls, Run } from "./call.ts";
import { rejectionOf } from "./rejection-of.ts";

const to =
  (...args: unknown[]): Run =>
  (fetch) =>
    fetch(...args);

export const badUrls: Calls = {
  "a relative URL": to("/relative"),
  "an empty URL": to(""),
  "a URL that is nonsense": to("not a url"),
  "a host with a space": to("http://a b/"),
  "no host": to("http://"),
  "a port that is no number": to("http://127.0.0.1:port/"),
  "a port beyond 65535": to("http://127.0.0.1:65536/"),
  "an address that is none": to("http://999.999.999.999/"),
  "an open bracket": to("http://[::1/"),
  "a bad port": to("http://127.0.0.1:1/"),
  "another bad port": to("http://127.0.0.1:6667/"),
  "a bad port over https": to("https://127.0.0.1:25/"),
  "a URL with user and password": (fetch, at) => fetch(at.page(hello).replace("//", "//user:secret@")),
  "a URL object with a user": (fetch, at) => fetch(new URL(at.page(hello).replace("//", "//user@"))),
  "an unknown scheme": to("gopher://127.0.0.1/"),
  "a scheme alone": to("http:"),
  "mailto:": to("mailto:someone@example.com"),
  "javascript:": to("javascript:1"),
  "ftp:": to("ftp://127.0.0.1/"),
  "ws:": to("ws://127.0.0.1/"),
  "file:": to("file:///nowhere"),
  "about:blank": to("about:blank"),
  "about:config": to("about:config"),
  "a data: URL": to("data:text/plain;charset=utf-8,hello%20there"),
  "a data: URL in base64": to("data:application/octet-stream;base64,AAECAw=="),
  "a data: URL with HEAD": to("data:,hello", { method: "HEAD" }),
  "a data: URL that is broken": to("data:text/plain;base64,@@@"),
  "a data: URL and an aborted signal": to("data:,hello", { signal: AbortSignal.abort("no") }),
  "a blob: URL": async (fetch) => {
    const url = URL.createObjectURL(new Blob(["blobbed"], { type: "text/x-blob" }));
    const answer = await fetch(url);
    const body = await answer.text();
    URL.revokeObjectURL(url);
    return [body, answer.status, answer.headers, answer.type, await rejectionOf(fetch(url))];
  },
  "a blob: URL with POST": async (fetch) => {
    const url = URL.createObjectURL(new Blob(["blobbed"]));
    const error = await rejectionOf(fetch(url, { method: "POST" }));
    URL.revokeObjectURL(url);
    // The URL itself is a random one.
    return error instanceof Error ? [error.constructor.name, error.message, typeof error.cause] : error;
  },
  "a blob: URL that nobody made": to("blob:nodedata:00000000-0000-0000-0000-000000000000"),
  "a number": to(42),
  null: to(null),
  undefined: to(undefined),
  "a symbol": to(Symbol("url")),
  "an object": to({}),
  "a bigint": to(1n),
  "a refused port": (fetch, at) => fetch(at.refused),
  "a refused port with POST": (fetch, at) => fetch(at.refused, { method: "POST", body: "x" }),
  "a refused port with a signal": (fetch, at) => fetch(at.refused, { signal: new AbortController().signal }),
  "a refused port of a name with two addresses": (fetch, at) =>
    fetch(at.refused.replace("127.0.0.1", "localhost")),
  // Too long for DNS, so nobody is asked.
  "a name that cannot be resolved": to(`http://${"long".repeat(20)}.invalid/`),
  "TLS with a server that has none": (fetch, at) =>
    fetch(at.raw((socket) => socket.end("HTTP/1.1 400 Bad\r\n\r\n")).replace("http:", "https:")),
};
