/** What a call asks for, as far as its answer may be another's too. */
export interface AskedFor {
  /** Without its body, which is the caller's. */
  readonly request: Request;
  /** Without its fragment, of which no upstream knows. */
  readonly url: string;
  readonly cache: RequestCache | undefined;
  /** Whether nothing in it can tell one user from another. */
  readonly isAnonymous: boolean;
}

/** Headers that say how to answer, not whom. `tracestate` and `baggage` are not among them: vendors put users there. */
const impersonal = words(
  "accept accept-charset accept-encoding accept-language cache-control content-type pragma range traceparent user-agent " +
    "if-match if-none-match if-modified-since if-unmodified-since if-range",
);

/** Members of an init that name nobody. Others may: a dispatcher, a referrer, a client certificate. */
const impersonalMembers = words(
  "method headers body cache credentials mode redirect referrerPolicy integrity keepalive signal duplex priority window " +
    "next protego",
);

/** `undefined` for what makes no sense, or cannot be read a second time after fetch has read it. */
export function askedFor(input: RequestInfo | URL, init: RequestInit | undefined): AskedFor | undefined {
  try {
    const given = typeof input === "object" && "url" in input ? input : undefined;
    const headers = init?.headers ?? given?.headers ?? {};
    if (isOneShot(headers)) return undefined;
    const method = init?.method ?? given?.method ?? "GET";
    const request = new Request(given?.url ?? input, { method, headers });
    const { next } = (init ?? {}) as { next?: { revalidate?: unknown } };
    return {
      request,
      url: request.url.split("#", 1)[0]!,
      // In Next that is another way to say it.
      cache: next?.revalidate === 0 ? "no-store" : (init?.cache ?? given?.cache),
      isAnonymous: isAnonymous(request, init, given),
    };
  } catch {
    return undefined;
  }
}

function isAnonymous(request: Request, init: RequestInit | undefined, given: Request | undefined): boolean {
  for (const name of request.headers.keys()) if (!impersonal.has(name)) return false;
  for (const member in init) if (!impersonalMembers.has(member)) return false;
  if (given?.referrer && given.referrer !== "about:client") return false;
  const { username, password, origin } = new URL(request.url);
  return !username && !password && !sendsCookies(init?.credentials ?? given?.credentials, origin);
}

/** Only browsers do, by themselves, and no script sees them. */
function sendsCookies(credentials: RequestCredentials | undefined, origin: string): boolean {
  if (credentials === "include" || credentials === "omit") return credentials === "include";
  return (globalThis as { location?: { origin?: unknown } }).location?.origin === origin;
}

/** An iterator is empty by now: what it gave to fetch, nobody knows. */
function isOneShot(headers: object): boolean {
  const isKnown = Array.isArray(headers) || headers instanceof Map || tagOf(headers) === "[object Headers]";
  return !isKnown && Symbol.iterator in headers;
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}
