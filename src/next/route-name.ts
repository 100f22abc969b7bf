import { tellOnce } from "../runtime/environment.ts";

interface WorkStore {
  getStore(): { route?: unknown } | undefined;
}

/** What frameworks hand to a handler has some of this, and may be a Request itself. */
interface Given {
  readonly method?: unknown;
  readonly url?: unknown;
  readonly request?: Given;
  readonly req?: Given;
  readonly route?: { readonly id?: unknown } | null;
  readonly routePath?: unknown;
  readonly routePattern?: unknown;
  readonly pattern?: unknown;
  readonly unstable_pattern?: unknown;
  readonly context?: { readonly matchedRoute?: { readonly path?: unknown; readonly route?: unknown } };
}

/** Where a framework says which pattern the path has matched: Hono, SvelteKit, Elysia, Astro, React Router, h3 1 and 2 (Nuxt, Nitro). */
function patternIn({ req, route, routePattern, pattern, unstable_pattern, context }: Given): unknown {
  const matched = context?.matchedRoute;
  return (
    req?.routePath ??
    route?.id ??
    route ??
    routePattern ??
    pattern ??
    unstable_pattern ??
    matched?.path ??
    matched?.route
  );
}

/**
 * `GET /api/orders/[id]`. The pattern comes from Next's own bookkeeping: reading the request's URL would turn a
 * static route dynamic. Elsewhere from what the framework hands over. HEAD is answered by GET's handler and shares its circuit.
 */
export function routeName(given: Given | undefined): string {
  const { fetch } = globalThis as { fetch: { __nextGetStaticStore?: () => WorkStore | undefined } };
  const route = fetch.__nextGetStaticStore?.()?.getStore()?.route;
  if (typeof route === "string") return `${methodOf(given)} ${route}`;
  const request = read(() => given?.request ?? given?.req) ?? given;
  const pattern = read(() => patternIn(given!));
  return `${methodOf(request)} ${typeof pattern === "string" ? rooted(pattern) : pathOf(request)}`;
}

/** React Router's patterns have no slash at their beginning, and that of an index route nothing at all. */
function rooted(pattern: string): string {
  return pattern.startsWith("/") ? pattern : `/${pattern}`;
}

/** In a route that is forced static Next's proxy of the request throws here; what is static is GET. */
function methodOf(request: Given | undefined): string {
  const method = read(() => request?.method);
  return typeof method !== "string" || method === "HEAD" ? "GET" : method;
}

/** Where nobody knows the pattern: the path, and what looks like somebody's id in it as one. */
function pathOf(request: Given | undefined): string {
  const path = read(() => new URL((request?.url ?? "/") as string, "http://localhost").pathname) ?? "/";
  const pattern = path.replace(/[^/]*(?:\d|%|[^/]{25})[^/]*/g, "[id]");
  tellOnce(
    () =>
      `[route-name] outside Next withProtego cannot know the route's pattern, and took ${pattern}: give it a name`,
  );
  return pattern;
}

function read<Value>(of: () => Value): Value | undefined {
  try {
    return of();
  } catch {
    return undefined;
  }
}
