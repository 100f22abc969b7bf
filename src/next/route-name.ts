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
  readonly context?: { readonly matchedRoute?: { readonly path?: unknown; readonly route?: unknown } };
  readonly params?: { readonly then?: unknown } | undefined;
}

type Parameters = ReadonlyArray<readonly [name: string, value: unknown]>;

/**
 * How a handler's circuit is called, if nobody has given it a name; and whether it was guessed, because nobody says which pattern
 * the path has matched: then other paths may get other names.
 */
export type RouteName = readonly [name: string, isGuessed: boolean];

/** Where a framework says which pattern the path has matched: Hono, SvelteKit, Elysia, Astro, React Router, h3 1 and 2 (Nuxt, Nitro). */
function patternIn(given: Given): unknown {
  const matched = given.context?.matchedRoute;
  return (
    given.req?.routePath ??
    given.route?.id ??
    given.route ??
    given.routePattern ??
    given.pattern ??
    matched?.path ??
    matched?.route
  );
}

/**
 * `GET /api/orders/[id]`. The pattern comes from Next's own bookkeeping: reading the request's URL would turn a
 * static route dynamic. Elsewhere from what the framework hands over: its pattern, or the parameters that it has found in
 * the path. HEAD is answered by GET's handler and shares its circuit.
 */
export function routeName(args: readonly unknown[]): RouteName {
  const [given, context] = args as ReadonlyArray<Given | undefined>;
  const { fetch } = globalThis as { fetch: { __nextGetStaticStore?: () => WorkStore | undefined } };
  const route = fetch.__nextGetStaticStore?.()?.getStore()?.route;
  if (typeof route === "string") return [`${methodOf(given)} ${route}`, false];
  const request = read(() => given?.request ?? given?.req) ?? given;
  const method = methodOf(request);
  const pattern = read(() => patternIn(given!));
  if (typeof pattern === "string") return [`${method} ${rooted(pattern)}`, false];
  const path = read(() => new URL((request?.url ?? "/") as string, "http://localhost").pathname) ?? "/";
  const found = read(() => parametersIn(given, context));
  const named = found?.length && read(() => withNames(path, found));
  const general = named || withoutIds(path);
  return [`${method} ${general}`, !named && (found?.length !== 0 || general !== path)];
}

/** What a router has found in the path: TanStack Start, Fastify, SolidStart, Bun, Cloudflare Pages; beside the request: Netlify. */
function parametersIn(given: Given | undefined, context: Given | undefined): Parameters | undefined {
  const params = given?.params ?? context?.params;
  const found = params && Object.entries(params);
  // Of a promise that does not show them nobody knows yet whether there are any.
  return params?.then && !found?.length ? undefined : found;
}

/** React Router's patterns have no slash at their beginning, and that of an index route nothing at all. */
function rooted(pattern: string): string {
  return pattern.replace(/^\/?/, "/");
}

/** In a route that is forced static Next's proxy of the request throws here; what is static is GET. */
function methodOf(request: Given | undefined): string {
  const method = read(() => request?.method);
  return typeof method === "string" && method !== "HEAD" ? method : "GET";
}

/** The path, and in the place of each parameter its name. */
function withNames(path: string, params: Parameters): string {
  let pattern = `${decoded(path)}/`;
  for (const [name, value] of params) {
    const text = decoded([value].flat().join("/"));
    if (text) pattern = pattern.replace(`/${text}/`, () => `/[${name}]/`);
  }
  return pattern.slice(0, -1);
}

function decoded(text: string): string {
  return read(() => decodeURIComponent(text)) ?? text;
}

/** Where nobody knows anything: the path, and what looks like somebody's id in it as one. */
function withoutIds(path: string): string {
  return path.replace(/[^/]*(?:\d|%|[^/]{25})[^/]*/g, "[id]");
}

function read<Value>(of: () => Value): Value | undefined {
  try {
    return of();
  } catch {
    return undefined;
  }
}
