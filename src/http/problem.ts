const titles = {
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
} as const;

/** The statuses with which a breaker answers in place of what it protects. */
export type ProblemStatus = keyof typeof titles;

export function isProblemStatus(status: unknown): status is ProblemStatus {
  return typeof status === "number" && Object.hasOwn(titles, status);
}

/** A problem (RFC 9457) that nobody may cache, and that tells nothing about the circuit or its upstream. `more` are members besides. */
export function problem(
  status: ProblemStatus,
  headers: Record<string, string> = {},
  more: Record<string, unknown> = {},
): Response {
  const title = titles[status];
  return new Response(problemBody(status, title, more), {
    status,
    statusText: title,
    headers: { ...headers, "cache-control": "no-store", "content-type": "application/problem+json" },
  });
}

/** The body of a problem whose type says no more than its status. */
export function problemBody(status: number, title: string, more?: Record<string, unknown>): string {
  return JSON.stringify({ type: "about:blank", title, status, ...more });
}

/** How long to stay away, as `Retry-After` says it (RFC 9110 §10.2.3): whole seconds, never none. */
export function retryAfterHeader(retryAfterMs: number): { "retry-after": string } {
  return { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
}
