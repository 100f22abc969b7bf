import { isAbortedBy } from "../breaker/callers-abort.ts";
import { callersSignal } from "./request-init.ts";

/** Whether the caller gave up by itself, and not by a deadline of its own. */
export function isCallersAbort(
  error: unknown,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): boolean {
  try {
    return isAbortedBy(callersSignal(input, init), error);
  } catch {
    return true; // an init or a reason that throws when it is read
  }
}

/**
 * What fetch says when it refuses to send what was asked for: the upstream never saw it. Measured; `test/runtimes/caller-errors`
 * repeats it in each runtime. What is not here, the arguments themselves tell, when they are put to the test again.
 *
 * | runtime | text or code | what was wrong |
 * |---|---|---|
 * | Node, edge | UND_ERR_NOT_SUPPORTED | `Expect` |
 * | Node, edge | UND_ERR_INVALID_ARG | `Upgrade`, `Connection`, `Keep-Alive`, `Transfer-Encoding`, a malformed `Content-Length` |
 * | Node, edge | UND_ERR_REQ_CONTENT_LENGTH_MISMATCH | a body that is shorter than its `Content-Length` |
 * | Node, edge | UND_ERR_CLOSED · UND_ERR_DESTROYED | a dispatcher that the app has closed: it shuts down |
 * | Node, edge | bad port · unknown scheme · unexpected redirect | the URL; `redirect: "error"` |
 * | Node | ERR_ACCESS_DENIED | the network, without `--allow-net` |
 * | Node, edge, Bun | ERR_INVALID_ARG_TYPE | a stream of what are no bytes; Bun: a member of the init |
 * | Bun, Deno | ERR_INVALID_ARG_VALUE | Bun: a body on GET, an unknown scheme; Deno: a member of the init |
 * | Bun | UnexpectedRedirect · ERR_BODY_ALREADY_USED | `redirect: "error"`; a Request that was read |
 * | Deno | NotCapable | the network, without `--allow-net` |
 * | Deno | Requests to port 1 are blocked · Encountered redirect while … | the URL; `redirect: "error"` |
 * | Deno | Input request's body is unusable | a Request that was read |
 * | Node, edge, Chromium | a Request object that has already been used | likewise |
 * | workerd | Cannot reconstruct a Request with a used body | likewise |
 * | workerd | Too many subrequests | more calls than one request may make; told by Cloudflare's own network, not measured |
 * | workerd | Cannot perform I/O on behalf of a different request | what belongs to another request: the stub of a Durable Object, a stream |
 * | Node, edge, Chromium | AbortSignal | a signal that is none to them, also one that was made here of another's `AbortController`: jsdom's |
 * | workerd, Chromium | Illegal invocation | a fetch that belongs to an object, handed over without it: `env.SERVICE.fetch` |
 */
const refused =
  /ERR_(NOT_SUPP|CLOS|DESTR|ACC|INVALID_ARG)|REQ_CON|subreq|O on behalf|NotCapable|\bport|unknown scheme|ed ?redirect|[ _]used|unusable|Illegal inv|AbortSignal/i;

/**
 * What errors of the network look like. Others may have come out of a stream that is the caller's body.
 *
 * | runtime | text or code | what happened |
 * |---|---|---|
 * | Node, edge | ECONNREFUSED, ECONNRESET, UND_ERR_SOCKET, HPE_…, DEPTH_ZERO_SELF_SIGNED_CERT | every one has a code |
 * | Node 24 | HTTPParserError | what is no HTTP; without a code |
 * | Node, edge | ECONNRESET, and the text: aborted | **not** the network: the visitor's own connection, read as a stream |
 * | Node, edge | ERR_… | **not** the network: a stream of Node's that broke; but for ERR_TLS_CERT_… and ERR_SSL_… |
 * | Bun | ECONNREFUSED, ECONNRESET, Malformed_HTTP_Response, TooManyRedirects | every one has a code |
 * | Deno | error sending request for url · Connection reset by peer (os error 104) | |
 * | workerd | Network connection lost · internal error; reference = … | |
 * | all | TimeoutError | the headers did not come in time |
 */
const ofTheNetwork =
  /^(?!ERR|.*aborted$)[A-Z]|CERT|SSL|HTTPParser|os error|error sending|connection lost|internal error|Timeout/;

/** A browser without a network: nobody can be reached, so it says nothing of anybody. Elsewhere it is not told. */
function isOffline(): boolean {
  return (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false;
}

/**
 * Whether the call failed by what the caller gave, or had not: a URL, an init, a header, a body that cannot be sent, or a stream of its
 * own that broke. Chromium has one text for everything; there a stream, or a redirect under `redirect: "error"`, is taken to
 * be what broke, and the upstream is not blamed.
 */
export function isCallerError(
  error: unknown,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): boolean {
  try {
    const { name, message, cause = error } = Object(error) as Error;
    const last = Object(cause) as Error & { code?: unknown; remote?: boolean };
    // Another Worker's, behind a binding: its mistakes and limits are its own.
    if (last.remote) return false;
    // Some quote the URL or its host, in which any word may be.
    const said = (): string => `${String(last.code)} ${last.name} ${last.message}`.replace(/\(\S+\)/g, "");
    // Where there is a code it says it all.
    if (isOffline() || refused.test(typeof last.code === "string" ? last.code : said())) return true;
    const { url, method, redirect, body: own } = Object(input) as Partial<Request>;
    const body = init?.body;
    // Node's streams too. A Request has one for every body, so there the error must be told as another's.
    if (Symbol.asyncIterator in Object(body ?? own) && (body || cause !== error))
      return !ofTheNetwork.test(said());
    if (name !== "TypeError" || message === "fetch failed") return false;
    const asked = new Request(url ?? input, { method, redirect, ...init } as RequestInit);
    return !asked.url.startsWith("http") || (cause === error && asked.redirect === "error");
  } catch {
    return true;
  }
}
