/**
 * 503 with the remaining time (RFC 9110 §10.2.3) and a problem body (RFC 9457) that tells nothing about the
 * circuit or its upstream.
 */
export function unavailable(retryAfterMs: number): Response {
  return problem(503, "Service Unavailable", {
    "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
  });
}

/** 504: the handler itself took too long. */
export function gatewayTimeout(): Response {
  return problem(504, "Gateway Timeout", {});
}

function problem(status: number, title: string, headers: Record<string, string>): Response {
  return new Response(JSON.stringify({ type: "about:blank", title, status }), {
    status,
    statusText: title,
    headers: { ...headers, "cache-control": "no-store", "content-type": "application/problem+json" },
  });
}
