import type { Socket } from "node:net";
import type { Calls, Run } from "./call.ts";
import { rejectionOf } from "./rejection-of.ts";

const sending =
  (bytes: string, init?: object): Run =>
  (fetch, at) =>
    fetch(
      at.raw((socket) => socket.end(bytes, "latin1")),
      init,
    );

/** Resets the connection only when the client has read what came before. */
const resetAfter =
  (bytes: string): Run =>
  async (fetch, at) => {
    let held!: Socket;
    const response = await fetch(at.raw((socket) => void (held = socket).write(bytes)));
    const reader = response.body!.getReader();
    await reader.read();
    held.resetAndDestroy();
    return rejectionOf(reader.read());
  };

const ok = "HTTP/1.1 200 OK\r\n";

export const brokenConnections: Calls = {
  "reset before the headers": (fetch, at) => fetch(at.raw((socket) => socket.resetAndDestroy())),
  "reset after POST": (fetch, at) =>
    fetch(
      at.raw((socket) => socket.resetAndDestroy()),
      { method: "POST", body: "lost" },
    ),
  "reset while a caller's signal waits": (fetch, at) =>
    fetch(
      at.raw((socket) => socket.resetAndDestroy()),
      { signal: new AbortController().signal },
    ),
  "closed before the headers": sending(""),
  "closed in the status line": sending("HTTP/1.1 20"),
  "closed in mid-headers": sending(`${ok}content-type: te`),
  "closed after the headers, before the body": sending(`${ok}content-length: 5\r\n\r\n`),
  "closed before content-length is reached": sending(`${ok}content-length: 100\r\n\r\nshort`),
  "closed in the middle of a chunk": sending(`${ok}transfer-encoding: chunked\r\n\r\nff\r\nshort`),
  "closed between chunks": sending(`${ok}transfer-encoding: chunked\r\n\r\n5\r\nshort\r\n`),
  "reset in mid-body": resetAfter(`${ok}content-length: 100\r\n\r\nbegun`),
  "reset between chunks": resetAfter(`${ok}transfer-encoding: chunked\r\n\r\n5\r\nbegun\r\n`),
  "a body that ends with the connection": sending(`${ok}\r\nuntil the end`),
  "more than content-length says": sending(
    `${ok}content-length: 4\r\nconnection: close\r\n\r\nfour and more`,
  ),
  "a chunk size that is no number": sending(
    `${ok}transfer-encoding: chunked\r\n\r\nxyz\r\nshort\r\n0\r\n\r\n`,
  ),
  "a chunk without its end": sending(`${ok}transfer-encoding: chunked\r\n\r\n3\r\ntoo long\r\n0\r\n\r\n`),
  "chunks with extensions": sending(
    `${ok}transfer-encoding: chunked\r\nconnection: close\r\n\r\n5;a=b\r\nwhole\r\n0\r\n\r\n`,
  ),
  "a content-length that is no number": sending(`${ok}content-length: many\r\n\r\nx`),
  "a negative content-length": sending(`${ok}content-length: -1\r\n\r\nx`),
  "two content-lengths": sending(`${ok}content-length: 1\r\ncontent-length: 2\r\n\r\nx`),
  "content-length and chunks": sending(
    `${ok}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n`,
  ),
  "no HTTP at all": sending("SSH-2.0-OpenSSH_9.0\r\n"),
  "binary rubbish": sending("\u0000\u0001\u0002\u0003\r\n\r\n"),
  "a status line without a status": sending("HTTP/1.1 OK\r\n\r\n"),
  "a status of two digits": sending("HTTP/1.1 20 OK\r\n\r\n"),
  "a version that is none": sending("HTTP/9.9 200 OK\r\n\r\n"),
  "a header without a colon": sending(`${ok}nonsense\r\n\r\nx`),
  "a header name with a space in the answer": sending(`${ok}bad name: x\r\n\r\nx`),
  "a header with a control character": sending(`${ok}x: a\u0000b\r\n\r\nx`),
  "headers that never end": sending(ok + `${"x-long: ".padEnd(1000, "x")}\r\n`.repeat(40)),
  "an answer to HEAD that has a body": sending(`${ok}content-length: 4\r\nconnection: close\r\n\r\nbody`, {
    method: "HEAD",
  }),
  "204 with a content-length": sending("HTTP/1.1 204 No Content\r\ncontent-length: 4\r\n\r\nbody"),
  "line feeds without carriage returns": sending(
    "HTTP/1.1 200 OK\ncontent-length: 2\nconnection: close\n\nok",
  ),
};
