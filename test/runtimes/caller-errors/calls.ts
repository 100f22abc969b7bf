/** Where the calls go. */
export interface Upstream {
  readonly origin: string;
  /** Speaks TLS with a certificate that nobody trusts. */
  readonly untrustedOrigin: string;
  /** Nobody listens there, and fetch does not block it. */
  readonly refusedOrigin: string;
}

export type Runtime = "node 20" | "node 24" | "edge" | "workerd" | "bun" | "deno" | "chromium";

export interface Call {
  readonly name: string;
  /** Whose doing it is that the call fails. */
  readonly whose: "caller" | "upstream";
  /** Where it cannot be told, or where nothing fails: why. */
  readonly unlike: Partial<Record<Runtime, string>>;
  /** Whether it may end by the timeout, which nothing tells from an upstream that hangs. */
  readonly mayHang: boolean;
  send(fetch: typeof globalThis.fetch, upstream: Upstream): Promise<unknown>;
}

type Init = RequestInit & { duplex?: "half" };

/** A body that breaks by itself, once its beginning was sent. */
function breaking(reason: unknown, parts = 1): ReadableStream<Uint8Array> {
  let left = parts;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new Uint8Array([120]));
      else controller.error(reason);
    },
  });
}

/** A body that goes on until it is cancelled. */
function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      controller.enqueue(new Uint8Array(1000));
    },
  });
}

function locked(): ReadableStream {
  const stream = new Blob(["x"]).stream();
  stream.getReader();
  return stream;
}

function post(body: BodyInit, headers: HeadersInit = {}): Init {
  return body instanceof ReadableStream
    ? { method: "POST", body, headers, duplex: "half" }
    : { method: "POST", body, headers };
}

const mistakes: Record<string, Call["send"]> = {
  "a body on GET": (fetch, { origin }) => fetch(origin, { ...post("x"), method: "GET" }),
  "a body on HEAD": (fetch, { origin }) => fetch(origin, { ...post("x"), method: "HEAD" }),
  "an unknown scheme": (fetch) => fetch("nonsense://127.0.0.1/"),
  "a scheme that is not of the web": (fetch) => fetch("ftp://127.0.0.1/"),
  "a URL that is none": (fetch) => fetch("http://"),
  "a port that fetch blocks": (fetch) => fetch("http://127.0.0.1:1/"),
  "a user in the URL": (fetch, { origin }) => fetch(origin.replace("//", "//user:secret@")),
  "a method that is none": (fetch, { origin }) => fetch(origin, { method: "GET THIS" }),
  "a method that is forbidden": (fetch, { origin }) => fetch(origin, { method: "TRACE" }),
  "a header name that is none": (fetch, { origin }) => fetch(origin, { headers: { "a b": "c" } }),
  "a header value with a line break": (fetch, { origin }) => fetch(origin, { headers: { a: "b\r\nc: d" } }),
  "a header value with a zero": (fetch, { origin }) => fetch(origin, { headers: { a: "b\0c" } }),
  "a header value of other letters": (fetch, { origin }) => fetch(origin, { headers: { a: "\u4f60" } }),
  "Expect: 100-continue": (fetch, { origin }) => fetch(origin, post("x", { expect: "100-continue" })),
  "Expect: nonsense": (fetch, { origin }) => fetch(origin, { headers: { expect: "nonsense" } }),
  Upgrade: (fetch, { origin }) => fetch(origin, { headers: { upgrade: "websocket", connection: "upgrade" } }),
  "Connection: nonsense": (fetch, { origin }) => fetch(origin, { headers: { connection: "x, y" } }),
  "Keep-Alive": (fetch, { origin }) => fetch(origin, { headers: { "keep-alive": "timeout=5" } }),
  "Transfer-Encoding: chunked": (fetch, { origin }) =>
    fetch(origin, post("x", { "transfer-encoding": "chunked" })),
  "Transfer-Encoding: nonsense": (fetch, { origin }) =>
    fetch(origin, post("x", { "transfer-encoding": "nonsense" })),
  "a Content-Length that is no number": (fetch, { origin }) =>
    fetch(origin, post("x", { "content-length": "x" })),
  "a Content-Length below 0": (fetch, { origin }) => fetch(origin, post("x", { "content-length": "-1" })),
  "a Content-Length that is too small": (fetch, { origin }) =>
    fetch(origin, post("xyz", { "content-length": "1" })),
  "a Content-Length that is too large": (fetch, { origin }) =>
    fetch(origin, post("xyz", { "content-length": "9" })),
  "a Content-Length that is too small for a stream": (fetch, { origin }) =>
    fetch(origin, post(new Blob(["xyz"]).stream(), { "content-length": "1" })),
  "a Content-Length that is too large for a stream": (fetch, { origin }) =>
    fetch(origin, post(new Blob(["xyz"]).stream(), { "content-length": "9" })),
  "a Content-Length on GET": (fetch, { origin }) => fetch(origin, { headers: { "content-length": "9" } }),
  "a Host that is none": (fetch, { origin }) => fetch(origin, { headers: { host: "a b" } }),
  "a Request whose body was read": async (fetch, { origin }) => {
    const request = new Request(origin, { method: "POST", body: "x" });
    await request.text();
    return fetch(request);
  },
  "a stream without duplex": (fetch, { origin }) =>
    fetch(origin, { method: "POST", body: new Blob(["x"]).stream() }),
  "a stream that somebody else reads": (fetch, { origin }) => fetch(origin, post(locked())),
  "a stream of what are no bytes": (fetch, { origin }) =>
    fetch(
      origin,
      post(
        new ReadableStream({
          start(controller) {
            controller.enqueue(1);
            controller.close();
          },
        }),
      ),
    ),
  "a stream that breaks with an Error": (fetch, { origin }) =>
    fetch(origin, post(breaking(new Error("own")))),
  "a stream that breaks at once": (fetch, { origin }) => fetch(origin, post(breaking(new Error("own"), 0))),
  "a stream that breaks with a TypeError": (fetch, { origin }) =>
    fetch(origin, post(breaking(new TypeError("own")))),
  "a stream that breaks as a visitor's connection does": (fetch, { origin }) =>
    fetch(origin, post(breaking(Object.assign(new Error("aborted"), { code: "ECONNRESET" })))),
  "a stream that breaks with an AbortError": (fetch, { origin }) =>
    fetch(origin, post(breaking(new DOMException("gone", "AbortError")))),
  "a stream that breaks with text": (fetch, { origin }) => fetch(origin, post(breaking("own"))),
  "a stream that breaks with nothing": (fetch, { origin }) => fetch(origin, post(breaking(undefined))),
  "a Request whose stream breaks": (fetch, { origin }) =>
    fetch(new Request(origin, post(breaking(new Error("own"))))),
  "redirect: error": (fetch, { origin }) => fetch(`${origin}/redirect`, { redirect: "error" }),
  "an unknown mode": (fetch, { origin }) => fetch(origin, { mode: "strange" as RequestMode }),
  "an unknown redirect": (fetch, { origin }) => fetch(origin, { redirect: "strange" as RequestRedirect }),
  "a signal that is none": (fetch, { origin }) => fetch(origin, { signal: {} as AbortSignal }),
  "the caller's abort": (fetch, { origin }) => {
    const controller = new AbortController();
    const answer = fetch(`${origin}/hang`, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    return answer;
  },
  "the caller's abort of a stream": (fetch, { origin }) => {
    const controller = new AbortController();
    const answer = fetch(`${origin}/hang`, { ...post(endless()), signal: controller.signal });
    setTimeout(() => controller.abort(new Error("left")), 20);
    return answer;
  },
};

const failures: Record<string, Call["send"]> = {
  "a port that nobody listens on": (fetch, { refusedOrigin }) => fetch(refusedOrigin),
  "a port that nobody listens on, of a URL full of words": (fetch, { refusedOrigin }) =>
    fetch(`${refusedOrigin}/port/imported redirect/is_used/unusable?AbortSignal`),
  "a port that nobody listens on, for a stream": (fetch, { refusedOrigin }) =>
    fetch(refusedOrigin, post(new Blob(["x"]).stream())),
  "a connection that is reset": (fetch, { origin }) => fetch(`${origin}/reset`),
  "a connection that is closed": (fetch, { origin }) => fetch(`${origin}/close`),
  "a connection that is reset after a POST": (fetch, { origin }) => fetch(`${origin}/reset`, post("x")),
  "a connection that is reset while a stream is sent": (fetch, { origin }) =>
    fetch(`${origin}/reset`, post(endless())),
  "a connection that is reset for the stream of a Request": (fetch, { origin }) =>
    fetch(new Request(`${origin}/reset`, post(endless()))),
  "what is no HTTP": (fetch, { origin }) => fetch(`${origin}/nonsense`),
  "headers that break off": (fetch, { origin }) => fetch(`${origin}/part`),
  "headers without an end": (fetch, { origin }) => fetch(`${origin}/overflow`),
  "redirects without an end": (fetch, { origin }) => fetch(`${origin}/circle`),
  "a redirect to nowhere": (fetch, { origin }) => fetch(`${origin}/nowhere`),
  "a port that speaks no TLS": (fetch, { origin }) => fetch(origin.replace("http:", "https:")),
  "a certificate that nobody trusts": (fetch, { untrustedOrigin }) => fetch(untrustedOrigin),
  "a deadline of the caller's": (fetch, { origin }) =>
    fetch(`${origin}/hang`, { signal: AbortSignal.timeout(50) }),
  "a Request with a body, whose connection is reset": (fetch, { origin }) =>
    fetch(new Request(`${origin}/reset`, post("x"))),
  "a Request with a body, to a port that nobody listens on": (fetch, { refusedOrigin }) =>
    fetch(new Request(refusedOrigin, post("x"))),
  "a port that speaks no TLS, for a stream": (fetch, { origin }) =>
    fetch(origin.replace("http:", "https:"), post(new Blob(["x"]).stream())),
  "a certificate that nobody trusts, for a stream": (fetch, { untrustedOrigin }) =>
    fetch(untrustedOrigin, post(new Blob(["x"]).stream())),
  "what is no HTTP, for a stream": (fetch, { origin }) =>
    fetch(`${origin}/nonsense`, post(new Blob(["x"]).stream())),
  "a hanging upstream, for a stream": (fetch, { origin }) =>
    fetch(`${origin}/hang`, post(new Blob(["x"]).stream())),
  "a hanging upstream": (fetch, { origin }) => fetch(`${origin}/hang`),
  "a connection that is reset with odd but good arguments": (fetch, { origin }) =>
    fetch(`${origin}/reset`, {
      method: "PATCH",
      body: new URLSearchParams({ a: "b" }),
      headers: [["x-a", "b"]],
    }),
};

/** Some releases of Node's fetch hang until the timeout here, as they do for an upstream that hangs. */
const hanging = [
  "a Content-Length below 0",
  "a Content-Length that is too small",
  "a Content-Length that is too small for a stream",
];

const oneText = "one text for everything: a stream may have broken by itself";

const unlike: Record<string, Call["unlike"]> = {
  "a port that fetch blocks": {
    workerd: "it is tried, and nobody listens",
    bun: "it is tried, and nobody listens",
    chromium: "one text for everything",
  },
  "a Request whose stream breaks": {
    bun: "its own error comes out as it is, and every body of a Request is a stream",
    chromium: "one text for everything, and every body of a Request is a stream",
  },
  "a port that nobody listens on, for a stream": { chromium: oneText },
  "a connection that is reset while a stream is sent": { chromium: oneText },
  "a port that speaks no TLS, for a stream": { chromium: oneText },
  "a certificate that nobody trusts, for a stream": { chromium: oneText },
  "what is no HTTP, for a stream": { chromium: oneText },
  "a hanging upstream, for a stream": { chromium: oneText },
  "headers that break off": { chromium: "taken for an answer" },
};

export const exceptions: readonly string[] = [...Object.keys(unlike), ...hanging];

function table(whose: Call["whose"], sends: Record<string, Call["send"]>): Call[] {
  return Object.entries(sends).map(([name, send]) => ({
    name,
    whose,
    send,
    unlike: unlike[name] ?? {},
    mayHang: hanging.includes(name),
  }));
}

export const calls: readonly Call[] = [...table("caller", mistakes), ...table("upstream", failures)];
