import type { IncomingMessage, ServerResponse } from "node:http";
import { initTRPC } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";

/** What every SDK reads from the API, in whatever form its own wants it. */
export const products = ["tea"];

const t = initTRPC.create();

export const router = t.router({ products: t.procedure.query(() => products) });

const trpc = createHTTPHandler({ router, basePath: "/trpc/" });

const completion = {
  id: "1",
  object: "chat.completion",
  created: 1,
  model: "test",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "tea" } }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
};

const answers: Record<string, unknown> = {
  "/products": { products },
  "/graphql": { data: { products } },
  "/chat/completions": completion,
  "/v1/products/tea": { id: "tea", object: "product", name: "tea" },
  "/orgs/tea": { login: "tea" },
  "/rest/v1/products": products,
};

/** Answers as the API that the path belongs to: enough of each for one good call. */
export function answerAsEveryApi(request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url!, "http://localhost").pathname;
  if (path.startsWith("/trpc/")) {
    response.removeHeader("content-type");
    trpc(request, response);
    return;
  }
  const answer = answers[path];
  response.statusCode = answer === undefined ? 404 : 200;
  response.end(JSON.stringify(answer ?? { error: path }));
}
