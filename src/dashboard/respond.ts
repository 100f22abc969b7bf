import { problemBody } from "../http/problem.ts";

/** Headers of every answer: never kept, never framed, never guessed at. */
const always = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

export function respond(
  body: BodyInit | null,
  type: string,
  status = 200,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, { status, headers: { ...always, "content-type": type, ...headers } });
}

export function jsonResponse(value: unknown, status = 200): Response {
  return respond(JSON.stringify(value), "application/json", status);
}

/** A problem body (RFC 9457). */
export function refusal(status: number, title: string, headers: Record<string, string> = {}): Response {
  return respond(problemBody(status, title), "application/problem+json", status, headers);
}

/** For one page: beyond guessing. */
export function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

export function pageResponse(text: string, nonce: string): Response {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src data:",
    "form-action 'self'",
    "base-uri 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types protego",
  ];
  return respond(text, "text/html; charset=utf-8", 200, { "content-security-policy": policy.join("; ") });
}
