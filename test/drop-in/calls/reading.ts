import { reply } from "../answers.ts";
import type { Calls, Run } from "./call.ts";
import { rejectionOf } from "./rejection-of.ts";

type Reading = "text" | "json" | "arrayBuffer" | "blob" | "bytes" | "formData";

const reading =
  (how: Reading, type: string | undefined, body: string | Uint8Array): Run =>
  async (fetch, at) => {
    const response = await fetch(at.page(reply(200, type ? { "content-type": type } : {}, body)));
    const read = await response[how]().catch((error: unknown) => error);
    return [read, response.bodyUsed];
  };

const multipart = '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n';

export const readings: Calls = {
  "text()": reading("text", "text/plain", "täxt"),
  "text() with a byte order mark": reading("text", "text/plain", "\ufeffmarked"),
  "text() of bytes that are no UTF-8": reading("text", "text/plain", new Uint8Array([0xff, 0x41, 0xc3])),
  "text() of latin-1, which is read as UTF-8": reading("text", "text/plain; charset=latin1", "\u00fc"),
  "text() of nothing": reading("text", undefined, ""),
  "json()": reading("json", "application/json", '{"a":[1,null,"x"]}'),
  "json() of another content type": reading("json", "text/html", "[1]"),
  "json() of what is no JSON": reading("json", "application/json", "<html>"),
  "json() of JSON that ends too early": reading("json", "application/json", '{"a":'),
  "json() of nothing": reading("json", "application/json", ""),
  "arrayBuffer()": reading("arrayBuffer", undefined, new Uint8Array([0, 255, 127])),
  "bytes()": reading("bytes", undefined, new Uint8Array([0, 255, 127])),
  "blob() keeps the content type": reading("blob", "image/png; x=1", new Uint8Array([1, 2])),
  "blob() without a content type": reading("blob", undefined, "x"),
  "formData() of multipart": reading("formData", "multipart/form-data; boundary=x", multipart),
  "formData() of broken multipart": reading("formData", "multipart/form-data; boundary=y", multipart),
  "formData() of a URL-encoded form": reading(
    "formData",
    "application/x-www-form-urlencoded",
    "a=1&b=%C3%BC",
  ),
  "formData() of text": reading("formData", "text/plain", "a=1"),
  "a body read twice": async (fetch, at) => {
    const response = await fetch(at.page(reply(200, {}, "once")));
    return [await response.text(), await rejectionOf(response.text()), await rejectionOf(response.json())];
  },
  "clone(), both read": async (fetch, at) => {
    const response = await fetch(at.page(reply(200, { "x-own": "1" }, "both")));
    const clone = response.clone();
    return [clone, response];
  },
  "clone() after the body was used": async (fetch, at) => {
    const response = await fetch(at.page(reply(200, {}, "used")));
    await response.text();
    try {
      return response.clone();
    } catch (error) {
      return error;
    }
  },
  "clone() of a big body": async (fetch, at) => {
    const response = await fetch(at.page(reply(200, {}, "big ".repeat(100_000))));
    const clone = response.clone();
    return Promise.all([response.arrayBuffer(), clone.arrayBuffer()]);
  },
  "tee()": async (fetch, at) => {
    const response = await fetch(at.page(reply(200, {}, "both")));
    const [left, right] = response.body!.tee();
    const texts = await Promise.all([new Response(left).text(), new Response(right).text()]);
    return [texts, response.bodyUsed];
  },
  "a body whose reader is let go": async (fetch, at) => {
    const response = await fetch(at.page(reply(200, {}, "locked")));
    const reader = response.body!.getReader();
    const locked = [response.body!.locked, response.bodyUsed, await rejectionOf(response.text())];
    reader.releaseLock();
    return [locked, response];
  },
  "for await over the body": async (fetch, at) => {
    const response = await fetch(at.page(reply(200, {}, "iterated")));
    let size = 0;
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) size += piece.length;
    return [size, response.bodyUsed];
  },
  "a body through TextDecoderStream": async (fetch, at) => {
    const response = await fetch(at.page(reply(200, {}, "püped")));
    const decoded = response.body!.pipeThrough(new TextDecoderStream() as never);
    return new Response(decoded.pipeThrough(new TextEncoderStream() as never)).text();
  },
  "a Response made from the response": async (fetch, at) => {
    const response = await fetch(at.page(reply(503, { "x-own": "1" }, "wrapped")));
    return new Response(response.body, response);
  },
  "the class, prototype and own members of the response": async (fetch, at) => {
    const response = await fetch(at.page(reply(200)));
    return [
      response.constructor === Response,
      Object.getPrototypeOf(response) === Response.prototype,
      Object.isExtensible(response),
      Object.prototype.toString.call(response),
      response.headers.constructor === Headers,
      response,
    ];
  },
};
