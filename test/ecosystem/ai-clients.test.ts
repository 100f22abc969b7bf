import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText } from "ai";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { circuits, createProtectedFetch, isCircuitOpenError } from "../../src/index.ts";
import { fakeApi } from "./fake-api.ts";

const api = fakeApi();

const completion = {
  id: "1",
  object: "chat.completion",
  created: 1,
  model: "test",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hello there" } }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
};

function chunk(content: string, finish: string | null = null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: finish }];
  return `data: ${JSON.stringify({ ...completion, object: "chat.completion.chunk", choices })}\n\n`;
}

/** Streams one part at once, and the rest when it is called. */
function answerInParts(): () => void {
  let finish!: () => void;
  api.handler = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write(chunk("Hello"));
    finish = () => response.end(`${chunk(" there", "stop")}data: [DONE]\n\n`);
  };
  return () => finish();
}

const openai = () => new OpenAI({ apiKey: "test", baseURL: api.origin, fetch: api.fetch, maxRetries: 0 });

const model = () =>
  createOpenAICompatible({ name: "test", baseURL: api.origin, fetch: api.fetch }).chatModel("test");

const messages = [{ role: "user" as const, content: "Hi" }];

test("OpenAI streams part by part", async () => {
  const finish = answerInParts();
  const stream = await openai().chat.completions.create({ model: "test", messages, stream: true });
  const parts: string[] = [];
  for await (const part of stream) {
    parts.push(part.choices[0]!.delta.content ?? "");
    if (parts.length === 1) finish();
  }
  expect(parts).toEqual(["Hello", " there"]);
});

test("the AI SDK streams part by part", async () => {
  const finish = answerInParts();
  const { textStream } = streamText({ model: model(), prompt: "Hi", maxRetries: 0 });
  const parts: string[] = [];
  for await (const part of textStream) {
    parts.push(part);
    if (parts.length === 1) finish();
  }
  expect(parts.join("")).toBe("Hello there");
});

test("streamText answers 200 with an empty stream where a call is refused, and tells onError", async () => {
  const refused = createProtectedFetch({ name: "refusing model", fetch: api.fetch });
  circuits.register("refusing model").open();
  const errors: unknown[] = [];
  const provider = createOpenAICompatible({ name: "test", baseURL: api.origin, fetch: refused });
  const onError = ({ error }: { error: unknown }) => void errors.push(error);
  const response = streamText({
    model: provider.chatModel("test"),
    prompt: "Hi",
    onError,
  }).toTextStreamResponse();
  expect([response.status, await response.text()]).toEqual([200, ""]);
  expect(errors.map(isCircuitOpenError)).toEqual([true]);
});
