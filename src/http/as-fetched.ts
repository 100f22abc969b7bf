export type Fetched = Pick<Response, "url" | "redirected" | "type">;

/** Gives a response, and its clones, what no constructor can set. */
export function asFetched(response: Response, { url, redirected, type }: Fetched): Response {
  const clone = response.clone.bind(response);
  // A clone itself, not its body alone: the runtime closes the body of a response that is garbage.
  const own = { url, redirected, type, clone: (): Response => asFetched(clone(), own) };
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(response, name, { value, configurable: true });
  }
  return response;
}
