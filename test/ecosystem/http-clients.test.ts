import ky from "ky";
import { createFetch } from "ofetch";
import { expect, test } from "vitest";
import { fakeApi } from "./fake-api.ts";

const api = fakeApi();

test.each([
  ["ky", async () => (await ky.get(api.origin, { fetch: api.fetch })).body!],
  [
    "ofetch",
    () => createFetch({ fetch: api.fetch })<ReadableStream, "stream">(api.origin, { responseType: "stream" }),
  ],
])("%s streams part by part", async (_name, open) => {
  let next!: () => void;
  api.handler = (_, response) => {
    response.write("first");
    next = () => response.end("second");
  };
  const reader = ((await open()) as ReadableStream<Uint8Array>).getReader();
  const read = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await read()).toBe("first");
  next();
  expect(await read()).toBe("second");
});
