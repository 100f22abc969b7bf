import { reply } from "../answers.ts";
import type { Calls, Run } from "./call.ts";

const answering =
  (head: string, body = ""): Run =>
  (fetch, at) =>
    fetch(at.raw((socket) => socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`)));

const ordinary = [200, 201, 202, 203, 206, 226, 299, 400, 401, 403, 404, 405, 408, 409, 410, 418, 422, 425];
const down = [431, 451, 499, 500, 501, 502, 503, 504, 511, 599];

export const statuses: Calls = {
  ...Object.fromEntries(
    [...ordinary, ...down].map((status): [string, Run] => [
      `status ${status}`,
      (fetch, at) => fetch(at.page(reply(status, {}, `body of ${status}`))),
    ]),
  ),
  "status 204": (fetch, at) => fetch(at.page(reply(204))),
  "status 205": (fetch, at) => fetch(at.page(reply(205))),
  "status 304 that nobody asked for": (fetch, at) => fetch(at.page(reply(304))),
  "status 407, which fetch calls an error": (fetch, at) => fetch(at.page(reply(407))),
  "status 421, which fetch may try again": (fetch, at) => fetch(at.page(reply(421, {}, "elsewhere"))),
  "429 with Retry-After": (fetch, at) => fetch(at.page(reply(429, { "retry-after": "120" }, "slower"))),
  "503 with Retry-After as a date": (fetch, at) =>
    fetch(at.page(reply(503, { "retry-after": "Wed, 21 Oct 2065 07:28:00 GMT" }, "later"))),
  "503 with a Retry-After that makes no sense": (fetch, at) =>
    fetch(at.page(reply(503, { "retry-after": "soon" }))),
  "a status text of its own": answering("HTTP/1.1 200 Alles bestens", "fine"),
  "no status text": answering("HTTP/1.1 200 ", "fine"),
  "a status text beyond ASCII": answering("HTTP/1.1 200 S\u00fc\u00df", "fine"),
  "an unusual final status": answering("HTTP/1.1 799 Odd", "odd"),
  "status 999": answering("HTTP/1.1 999 Odd", "odd"),
  "status 600": answering("HTTP/1.1 600 Odd", "odd"),
  "100 before the answer": answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK", "after"),
  "102 before the answer": answering("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK", "after"),
  "103 before the answer": answering(
    "HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\nHTTP/1.1 200 OK",
    "after",
  ),
  "101, for which nobody asked": answering("HTTP/1.1 101 Switching Protocols\r\nupgrade: x"),
  "103 and nothing else": answering("HTTP/1.1 103 Early Hints"),
  "an answer of HTTP/1.0": answering("HTTP/1.0 200 OK", "old"),
};
