import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { isCircuitOpenError } from "../../src/index.ts";
import { fakeApi, refusalIn, rejectionOf } from "./fake-api.ts";

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

function answerWhole(): void {
  api.handler = (_, response) => response.end(JSON.stringify(completion));
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

const ask = () => openai().chat.completions.create({ model: "test", messages });

const generate = () => generateText({ model: model(), prompt: "Hi", maxRetries: 0 });

describe.each([
  ["OpenAI", async () => (await ask()).choices[0]!.message.content],
  ["AI SDK", async () => (await generate()).text],
])("%s", (_name, load) => {
  test("answers as ever", async () => {
    answerWhole();
    expect(await load()).toBe("Hello there");
  });

  test("its failures open the circuit", async () => {
    api.isDown = true;
    for (let i = 0; i < 2; i++) await load().catch(() => {});
    expect(api.state).toBe("open");
  });

  test("while open nothing is sent, and the refusal is found in its error", async () => {
    api.open();
    expect(isCircuitOpenError(refusalIn(await rejectionOf(load())))).toBe(true);
    expect(api.hits).toBe(0);
  });
});

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
