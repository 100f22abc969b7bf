import { retryAfterMs } from "./retry-after.ts";

/** The status, or another number for what has none: handlers and mocks may answer anything. */
export function statusOf(response: Response | undefined, instead: number): number {
  try {
    const status = response?.status;
    return typeof status === "number" ? status : instead;
  } catch {
    return instead;
  }
}

/** A response that is a failure, in words, and how long its sender wants to be left alone. */
export function failureOf(response: Response | undefined): {
  failure: string;
  retryAfterMs: number | undefined;
} {
  const failure = `HTTP ${statusOf(response, 500)}`;
  try {
    return { failure, retryAfterMs: response ? retryAfterMs(response.headers) : undefined };
  } catch {
    return { failure, retryAfterMs: undefined };
  }
}
