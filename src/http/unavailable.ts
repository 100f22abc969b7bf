import { problem, retryAfterHeader } from "./problem.ts";

/** 503 with the remaining time, and nothing else about the circuit or its upstream. */
export function unavailable(retryAfterMs: number): Response {
  return problem(503, retryAfterHeader(retryAfterMs));
}

/** 504: the handler itself took too long. */
export function gatewayTimeout(): Response {
  return problem(504);
}
