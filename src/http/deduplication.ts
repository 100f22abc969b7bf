import { isRender, type RenderScope } from "../runtime/render-scope.ts";

const seen = new WeakMap<RenderScope, Set<string>>();

/**
 * Whether this failure is new to the render. Next sends identical fetches of one render once and hands every
 * caller the same failure: one call to the upstream must not count as many.
 */
export function firstInRender(
  scope: RenderScope | undefined,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): boolean {
  if (scope === undefined || !isRender(scope)) return true;
  const { url, method, keepalive } = input as Partial<Request>;
  const verb = (init?.method ?? method ?? "GET").toUpperCase();
  const isShared = !init?.signal && !(init?.keepalive ?? keepalive) && (verb === "GET" || verb === "HEAD");
  if (!isShared) return true;
  const failures = seen.get(scope) ?? new Set();
  seen.set(scope, failures);
  return failures.size !== failures.add(`${verb} ${url ?? String(input as string | URL)}`).size;
}
