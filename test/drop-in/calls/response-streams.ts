import type { ServerResponse } from "node:http";
import type { Upstream } from "../upstream.ts";
import type { AnyFetch, Calls } from "./call.ts";
import { rejectionOf } from "./rejection-of.ts";

/** A response that has begun, and the server's end of it. */
async function begun(
  fetch: AnyFetch,
  at: Upstream,
  init?: object,
): Promise<{ response: Response; server: ServerResponse }> {
  let server!: ServerResponse;
  const url = at.page((_request, response) => void (server = response).write("one"));
  return { response: await fetch(url, init), server };
}

const decode = (piece: Uint8Array | undefined): string => new TextDecoder().decode(piece);

export const responseStreams: Calls = {
  "a stream read piece by piece as it comes": async (fetch, at) => {
    const { response, server } = await begun(fetch, at);
    const reader = response.body!.getReader();
    const pieces = [decode((await reader.read()).value)];
    for (const piece of ["two", "three"]) {
      server.write(piece);
      pieces.push(decode((await reader.read()).value));
    }
    server.end();
    return [pieces, (await reader.read()).done, response.bodyUsed];
  },
  "a stream with a signal read piece by piece": async (fetch, at) => {
    const { response, server } = await begun(fetch, at, { signal: new AbortController().signal });
    const reader = response.body!.getReader();
    const first = decode((await reader.read()).value);
    server.end("rest");
    return [first, decode((await reader.read()).value), (await reader.read()).done];
  },
  "a big stream read slowly": async (fetch, at) => {
    const url = at.page((_request, response) => response.end(Buffer.alloc(3_000_000, "slow")));
    const reader = (await fetch(url)).body!.getReader();
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return size;
      size += value.length;
      await new Promise(setImmediate);
    }
  },
  "a body cancelled before it is read": async (fetch, at) => {
    const { response } = await begun(fetch, at);
    return [await response.body!.cancel("not needed"), response.bodyUsed];
  },
  "a body cancelled in the middle": async (fetch, at) => {
    const { response } = await begun(fetch, at);
    const reader = response.body!.getReader();
    const first = decode((await reader.read()).value);
    await reader.cancel(new Error("enough"));
    return [first, (await reader.read()).done, response];
  },
  "a loop over the body left early": async (fetch, at) => {
    const { response } = await begun(fetch, at);
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      if (piece.length > 0) break;
    }
    return [response.bodyUsed, response.body!.locked];
  },
  "one branch of a clone cancelled": async (fetch, at) => {
    const { response, server } = await begun(fetch, at);
    const clone = response.clone();
    void clone.body!.cancel();
    server.end("two");
    return response;
  },
  "events of a server": async (fetch, at) => {
    const url = at.page((_request, response) =>
      response.writeHead(200, { "content-type": "text/event-stream" }).end("data: 1\n\ndata: 2\n\n"),
    );
    return fetch(url, { headers: { accept: "text/event-stream" } });
  },
  "trailers after the body": async (fetch, at) => {
    const url = at.page((_request, response) => {
      response.writeHead(200, { trailer: "x-sum" }).write("summed");
      response.addTrailers({ "x-sum": "1" });
      response.end();
    });
    return fetch(url);
  },
  "a server that gives up in mid-body": async (fetch, at) => {
    const { response, server } = await begun(fetch, at);
    const reader = response.body!.getReader();
    const first = decode((await reader.read()).value);
    server.destroy();
    const error = await rejectionOf(reader.read());
    return [first, error, await rejectionOf(reader.closed)];
  },
  "both branches of a clone when the server gives up": async (fetch, at) => {
    const { response, server } = await begun(fetch, at);
    const clone = response.clone();
    server.destroy();
    return Promise.all([rejectionOf(response.text()), rejectionOf(clone.text())]);
  },
};
