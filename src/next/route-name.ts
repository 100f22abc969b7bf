interface WorkStore {
  getStore(): { route?: unknown } | undefined;
}

/**
 * `GET /api/orders/[id]`. The pattern comes from Next's own bookkeeping: reading the request's URL would turn a
 * static route dynamic. HEAD is answered by GET's handler and shares its circuit.
 */
export function routeName(request: Request | undefined): string {
  const method = methodOf(request);
  const { fetch } = globalThis as { fetch: { __nextGetStaticStore?: () => WorkStore | undefined } };
  const route = fetch.__nextGetStaticStore?.()?.getStore()?.route;
  return `${method} ${typeof route === "string" ? route : pathOf(request)}`;
}

/** In a route that is forced static Next's proxy of the request throws here; what is static is GET. */
function methodOf(request: Request | undefined): string {
  try {
    const method = request?.method;
    return method === undefined || method === "HEAD" ? "GET" : method;
  } catch {
    return "GET";
  }
}

/** Outside Next there is no pattern to be had. */
function pathOf(request: Request | undefined): string {
  try {
    return new URL(request?.url ?? "/", "http://localhost").pathname;
  } catch {
    return "/";
  }
}
