import { echo, reply } from "../answers.ts";
import type { Calls } from "./call.ts";
import { rejectionOf } from "./rejection-of.ts";

const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

function streamOf(...pieces: unknown[]): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      if (pieces.length === 0) controller.close();
      else controller.enqueue(pieces.shift());
    },
  });
}

async function* counting(): AsyncGenerator<Uint8Array> {
  for (const word of ["one ", "two ", "three"]) yield encoded(word);
}

const stream = { method: "POST", duplex: "half" };

export const streamedBodies: Calls = {
  "a ReadableStream": (fetch, at) =>
    fetch(at.page(echo), { ...stream, body: streamOf(encoded("one "), encoded("two")) }),
  "a stream with a content type": (fetch, at) =>
    fetch(at.page(echo), {
      ...stream,
      body: streamOf(encoded("x")),
      headers: { "content-type": "text/x" },
    }),
  "an empty stream": (fetch, at) => fetch(at.page(echo), { ...stream, body: streamOf() }),
  "a byte stream": (fetch, at) => fetch(at.page(echo), { ...stream, body: new Blob(["blob"]).stream() }),
  "an async generator": (fetch, at) => fetch(at.page(echo), { ...stream, body: counting() }),
  "an object with Symbol.asyncIterator": (fetch, at) =>
    fetch(at.page(echo), { ...stream, body: { [Symbol.asyncIterator]: counting } }),
  "a generator that is not asynchronous": (fetch, at) =>
    fetch(at.page(echo), {
      ...stream,
      body: (function* () {
        yield encoded("sync");
      })(),
    }),
  "the body of another response": async (fetch, at) => {
    const { body } = await fetch(at.page(reply(200, {}, "passed on"), "/source"));
    return fetch(at.page(echo, "/target"), { ...stream, body });
  },
  "a stream without duplex": (fetch, at) =>
    fetch(at.page(echo), { method: "POST", body: streamOf(encoded("x")) }),
  "a stream with a wrong duplex": (fetch, at) =>
    fetch(at.page(echo), { method: "POST", body: streamOf(encoded("x")), duplex: "full" }),
  "a stream of strings": (fetch, at) => fetch(at.page(echo), { ...stream, body: streamOf("text") }),
  "a stream that is locked": async (fetch, at) => {
    const body = streamOf(encoded("x"));
    body.getReader();
    return fetch(at.page(echo), { ...stream, body });
  },
  "a stream that was read already": async (fetch, at) => {
    const body = streamOf(encoded("x"));
    await new Response(body).text();
    return fetch(at.page(echo), { ...stream, body });
  },
  "a stream that fails at once": async (fetch, at) => {
    const failure = new Error("the source broke");
    const body = new ReadableStream({ start: (controller) => controller.error(failure) });
    const error = await rejectionOf(fetch(at.page(echo), { ...stream, body }));
    return { error, isTheSources: error === failure };
  },
  "a generator that throws in the middle": async (fetch, at) => {
    let arrived!: () => void;
    const asked = new Promise<void>((resolve) => (arrived = resolve));
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield encoded("so far");
      await asked;
      throw new RangeError("no further");
    }
    const url = at.page((request) => request.once("data", arrived));
    return rejectionOf(fetch(url, { ...stream, body: broken() }));
  },
  "a stream that is answered before its end": async (fetch, at) => {
    let end!: () => void;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(encoded("first"));
        end = () => controller.close();
      },
    });
    const url = at.page((request, response) => {
      response.end("early");
      request.once("data", end);
    });
    return fetch(url, { ...stream, body });
  },
  "an upload that the caller aborts: the source hears the reason": async (fetch, at) => {
    const controller = new AbortController();
    const reason = new Error("enough uploaded");
    let told: unknown = "nothing";
    const body = new ReadableStream({
      start: (upload) => upload.enqueue(encoded("first")),
      cancel: (why) => void (told = why),
    });
    const url = at.page((request) => request.once("data", () => controller.abort(reason)));
    const error = await rejectionOf(fetch(url, { ...stream, body, signal: controller.signal }));
    return { error, isTheCallers: error === reason, sourceHeard: told === reason };
  },
};
