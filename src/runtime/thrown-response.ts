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
  readonly constructor: { readonly __h3_error__?: unknown };
}

/** The status with which a framework answers what was thrown, told by its shape. */
const answeredWith: ReadonlyArray<(thrown: Thrown) => unknown> = [
  // A thrown Response: React Router's and Remix' redirect(), and whoever throws one of their own.
  (thrown) => Object.prototype.toString.call(thrown) === "[object Response]" && thrown.status,
  // React Router's data(), and what its router makes of an error response.
  ({ type, init }) => type === "DataWithResponseInit" && (init?.status ?? 200),
  ({ internal, status }) => typeof internal === "boolean" && status,
  // Hono's HTTPException.
  ({ getResponse, status }) => typeof getResponse === "function" && status,
  // SvelteKit's redirect() and error(), which are no Errors.
  (thrown) => !(thrown instanceof Error) && (thrown.location ?? thrown.body) !== undefined && thrown.status,
  // And what its runtime throws inside of a handler: a body that is too large.
  ({ text, status }) => typeof text === "string" && status,
  // Nitro's createError(), of h3; its HTTPError since h3 2.
  ({ constructor, statusCode }) => constructor.__h3_error__ === true && statusCode,
  (thrown) => thrown.name === "HTTPError" && "unhandled" in thrown && thrown.status,
  // Express' and Koa's http-errors.
  ({ expose, status }) => typeof expose === "boolean" && status,
];

/**
 * Whether a framework's way to answer was thrown: to redirect, or to say that the visitor is at fault. It says nothing
 * about the upstream and must travel on as the same object.
 */
export function isThrownResponse(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  try {
    return answeredWith.some((status) => isNoFailure(status(error as Thrown)));
  } catch {
    return false;
  }
}

function isNoFailure(status: unknown): boolean {
  return typeof status === "number" && status >= 100 && status < 500;
}
