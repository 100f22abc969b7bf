import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { reply } from "../answers.ts";
import type { Calls, Run } from "./call.ts";

const text = "compress me ".repeat(50);

const packed =
  (encoding: string, bytes: Uint8Array, init?: object): Run =>
  (fetch, at) =>
    fetch(at.page(reply(200, { "content-encoding": encoding, "content-type": "text/plain" }, bytes)), init);

export const compression: Calls = {
  gzip: packed("gzip", gzipSync(text)),
  "x-gzip": packed("x-gzip", gzipSync(text)),
  "GZIP in capitals": packed("GZIP", gzipSync(text)),
  br: packed("br", brotliCompressSync(text)),
  deflate: packed("deflate", deflateSync(text)),
  "deflate without its header": packed("deflate", deflateRawSync(text)),
  "gzip in brotli": packed("gzip, br", brotliCompressSync(gzipSync(text))),
  "an encoding that nobody knows": packed("lzw", Buffer.from("as it is")),
  "no encoding, said": packed("identity", Buffer.from("as it is")),
  "gzip by name only": packed("gzip", Buffer.from("this is no gzip")),
  "br by name only": packed("br", Buffer.from("this is no brotli")),
  "deflate by name only": packed("deflate", Buffer.from("\u0001this is no deflate")),
  "gzip that ends too early": packed("gzip", gzipSync(text).subarray(0, 25)),
  "gzip of nothing": packed("gzip", Buffer.alloc(0)),
  "gzip in the headers of HEAD": (fetch, at) =>
    fetch(at.page(reply(200, { "content-encoding": "gzip" })), { method: "HEAD" }),
  "gzip with 404": (fetch, at) => fetch(at.page(reply(404, { "content-encoding": "gzip" }, gzipSync(text)))),
  "an accept-encoding of the caller's": packed("identity", Buffer.from("plain"), {
    headers: { "accept-encoding": "identity" },
  }),
};
