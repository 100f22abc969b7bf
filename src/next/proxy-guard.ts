import { circuits } from "../breaker/circuits.ts";
import { invalid } from "../core/option.ts";
import { unavailable } from "../http/unavailable.ts";
import { tellOperator } from "../runtime/environment.ts";

/** Pages that need an upstream, by path. */
export interface GuardedPath {
  /**
   * `/products` and everything below it, or a pattern for the whole path: the path inside the app, without `basePath` and
   * locale.
   */
  path: string | RegExp;
  /** Names of the circuits without which these pages cannot render. */
  circuits: readonly string[];
  /** HTML to answer with, in place of a problem body. */
  page?: string | undefined;
}

/** What is read of a request; of one that is not Next's, the path of its URL. */
export interface GuardedRequest {
  readonly url: string;
  readonly nextUrl?: { readonly pathname: string } | undefined;
}

/**
 * For `proxy.ts`: answers 503 with `Retry-After` before a page renders whose circuit is open. A page by itself
 * cannot: it answers 500, or 200 when it streams. Works in the process that renders, whose circuits it can see: in
 * `proxy.ts`, and in a middleware with `runtime: "nodejs"`. On the edge it sees those alone that the middleware made
 * itself, and says so once.
 *
 * @returns a function of the request: a Response, or `undefined` to go on
 * @throws {TypeError} for a path that is neither an absolute path nor a pattern
 * @example
 * const guard = proxyGuard([{ path: "/products", circuits: ["https://api.example.com"] }]);
 * export const proxy = (request: NextRequest) => guard(request) ?? NextResponse.next();
 */
export function proxyGuard(paths: readonly GuardedPath[]): (request: GuardedRequest) => Response | undefined {
  for (const { path } of paths) {
    const isPath = path instanceof RegExp || (typeof path === "string" && path.startsWith("/"));
    if (!isPath) throw invalid("path", path, 'an absolute path such as "/products", or a RegExp');
  }
  let isTold = false;
  return ({ url, nextUrl }) => {
    const pathname = nextUrl?.pathname ?? new URL(url, "http://localhost").pathname;
    for (const { path, circuits: names, page } of paths) {
      if (!covers(path, pathname)) continue;
      const seen = names.map((name) => circuits.get(name));
      if (!isTold && "EdgeRuntime" in globalThis && seen.includes(undefined)) {
        isTold = true;
        tellOperator(edgeSeesNothing, true);
      }
      const open = seen.find(isOpen);
      if (!open) continue;
      const problem = unavailable(open.snapshot().retryAfter);
      if (page === undefined) return problem;
      const headers = new Headers(problem.headers);
      headers.set("content-type", "text/html; charset=utf-8");
      return new Response(page, { status: problem.status, headers });
    }
    return undefined;
  };
}

const edgeSeesNothing =
  '[edge-guard] proxyGuard runs on the edge, where it cannot see the circuits of pages: give the middleware runtime: "nodejs", or use proxy.ts';

/** Half-open is not open: somebody's page must be the trial. */
function isOpen(circuit: { readonly state: string } | undefined): boolean {
  return circuit?.state === "open";
}

function covers(path: string | RegExp, pathname: string): boolean {
  if (path instanceof RegExp) return new RegExp(path.source, path.flags.replace(/[gy]/g, "")).test(pathname);
  const base = path.replace(/\/$/, "");
  return pathname === base || pathname.startsWith(`${base}/`);
}
