/** What frameworks throw has some of this. */
interface Thrown {
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly location?: unknown;
  readonly body?: unknown;
  readonly internal?: unknown;
  readonly expose?: unknown;
  readonly text?: unknown;
  readonly name?: unknown;
  readonly unhandled?: unknown;
  readonly type?: unknown;
  readonly init?: { readonly status?: unknown } | null;
  readonly getResponse?: unknown;
  readonly code?: unknown;
  readonly response?: unknown;
  readonly isNotFound?: unknown;
  readonly constructor?: { readonly __h3_error__?: unknown };
}

/** The statuses with which frameworks would answer what was thrown, each told by its shape. */
function answeredWith(thrown: Thrown): readonly unknown[] {
  const { status, name, code, type, init } = thrown;
  const isError = thrown instanceof Error;
  const hasStatus =
    // A thrown Response: React Router's, Remix' and TanStack Router's redirect(), and whoever throws one of their own.
    Object.prototype.toString.call(thrown) === "[object Response]" ||
    // What React Router makes of an error response.
    typeof thrown.internal === "boolean" ||
    // Hono's HTTPException, and Nest's HttpException.
    typeof thrown.getResponse === "function" ||
    // SvelteKit's redirect() and error(), which are no Errors.
    (!isError && (thrown.location ?? thrown.body) !== undefined) ||
    // And what its runtime throws inside of a handler: a body that is too large.
    typeof thrown.text === "string" ||
    // HTTPError of h3 2 and Nitro 3.
    (name === "HTTPError" && "unhandled" in thrown) ||
    // Elysia's NotFoundError.
    code === "NOT_FOUND" ||
    // Express' and Koa's http-errors.
    typeof thrown.expose === "boolean";
  return [
    hasStatus && status,
    // React Router's data().
    type === "DataWithResponseInit" && (init?.status ?? 200),
    // createError() of h3 1 and Nuxt; Fastify's own errors, and what its createError() makes.
    (thrown.constructor?.__h3_error__ === true || name === "FastifyError") && thrown.statusCode,
    // Elysia's status(), which is no Error.
    !isError && thrown.response !== undefined && code,
    // TanStack Router's notFound().
    thrown.isNotFound === true && 404,
  ];
}

/**
 * Whether a framework's way to answer was thrown: to redirect, or to say that the visitor is at fault. It says nothing
 * about the upstream and must travel on as the same object.
 */
export function isThrownResponse(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  try {
    return answeredWith(error as Thrown).some(isNoFailure);
  } catch {
    return false;
  }
}

function isNoFailure(status: unknown): boolean {
  return typeof status === "number" && status >= 100 && status < 500;
}
