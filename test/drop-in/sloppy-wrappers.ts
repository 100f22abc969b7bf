import type { AnyFetch } from "./calls/call.ts";

interface SloppyWrapper {
  readonly fault: string;
  readonly fetch: AnyFetch;
  /** A call of the table that shows the fault. */
  readonly shownBy: string;
}

const real = globalThis.fetch as AnyFetch;

/** Mistakes that wrappers of fetch make. If the table did not notice them, its silence would mean nothing. */
export const sloppyWrappers: readonly SloppyWrapper[] = [
  {
    fault: "gives a new Response in place of the upstream's",
    fetch: async (...args) => {
      const response = await real(...args);
      return new Response(response.body, response);
    },
    shownBy: "a plain GET",
  },
  {
    fault: "sends a header of its own",
    fetch: (input, init) => real(input, { ...(init as object), headers: { "x-wrapper": "1" } }),
    shownBy: "a plain GET",
  },
  {
    fault: "wraps errors in its own",
    fetch: (...args) =>
      real(...args).catch((cause: Error) => {
        throw new TypeError(cause.message, { cause });
      }),
    shownBy: "a refused port",
  },
  {
    fault: "hides an error's cause",
    fetch: (...args) =>
      real(...args).catch(({ message }: Error) => {
        throw new TypeError(message);
      }),
    shownBy: "reset before the headers",
  },
  {
    fault: "rejects with a copy of the caller's reason",
    fetch: (...args) =>
      real(...args).catch((reason: object) => {
        throw structuredClone(reason);
      }),
    shownBy: "aborted while it waits for the headers with an object",
  },
  {
    fault: "rejects with an AbortError of its own",
    fetch: (...args) =>
      real(...args).catch(() => {
        throw new DOMException("This operation was aborted", "AbortError");
      }),
    shownBy: "aborted while it waits for the headers with no reason",
  },
  {
    fault: "writes into the caller's init",
    fetch: (input, init) => real(input, Object.assign(init as object, { keepalive: false })),
    shownBy: "the same init for two calls",
  },
  {
    fault: "copies no inherited members",
    fetch: (input, init) => real(input, { ...(init as object) }),
    shownBy: "an init that inherits its members",
  },
  {
    fault: "reads the init twice",
    fetch: (input, init) => real(input, { ...(init as object), ...(init as object) }),
    shownBy: "an init whose members can be read once",
  },
  {
    fault: "forgets the Request's signal",
    fetch: (input) => real(input, { signal: new AbortController().signal }),
    shownBy: "a Request whose signal was aborted before",
  },
  {
    fault: "reads the body before the caller",
    fetch: async (...args) => {
      const response = await real(...args);
      await response.text();
      return response;
    },
    shownBy: "a plain GET",
  },
  {
    fault: "throws at once",
    fetch: (input, init) => {
      const request = new Request(input as string, init as RequestInit);
      return real(request);
    },
    shownBy: "a relative URL",
  },
  {
    fault: "waits before it calls fetch",
    fetch: (...args) => Promise.resolve().then(() => real(...args)),
    shownBy: "an init that changes right after the call",
  },
  {
    fault: "tries a second time",
    fetch: (...args) => real(...args).then((response) => (response.ok ? response : real(...args))),
    shownBy: "status 503",
  },
];
