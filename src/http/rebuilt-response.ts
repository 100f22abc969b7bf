/**
 * The same response over another body: status, headers, and what no constructor can set (`url`, `redirected`, `type`),
 * clones included.
 */
export function rebuiltResponse(
  body: BodyInit | null,
  original: Pick<Response, "status" | "statusText" | "headers" | "url" | "redirected" | "type">,
): Response {
  const { status, statusText, headers, url, redirected, type } = original;
  const response = new Response(body, { status, statusText, headers });
  const clone = response.clone.bind(response);
  const own = { url, redirected, type };
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(response, name, { value, configurable: true });
  }
  // A clone is another response of the same; its own clones as well.
  const cloned = (): Response => {
    const copy = clone();
    return rebuiltResponse(copy.body, { status, statusText, headers: copy.headers, ...own });
  };
  return Object.defineProperty(response, "clone", { value: cloned, configurable: true });
}
