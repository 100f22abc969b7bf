import type { Answer } from "./upstream.ts";

export const hello: Answer = (_request, response) =>
  response.writeHead(200, { "content-type": "text/plain" }).end("hello");

/** Sends back what came, unless it has a random boundary in it. */
export const echo: Answer = async (request, response, body) => {
  const type = request.headers["content-type"];
  const bytes = await body;
  if (type?.includes("boundary")) response.end("a form");
  else response.writeHead(200, type ? { "content-type": type } : {}).end(bytes);
};

/** Takes the request and says nothing until the client goes away. */
export const silence: Answer = () => {};

export function reply(
  status: number,
  headers: Record<string, string | string[]> = {},
  body: string | Uint8Array = "",
): Answer {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

export function redirect(status: number, location: string): Answer {
  return reply(status, { location }, "moved");
}
