/** What was thrown, or a description such as `HTTP 503`, in words, whatever it is. Never throws. */
export function inWords(failure: unknown): string {
  try {
    const { name, message } = Object(failure) as Partial<Error>;
    const parts: unknown[] = typeof message === "string" ? [name, message] : [String(failure)];
    return parts.filter((part) => typeof part === "string" && part !== "").join(": ") || nothing;
  } catch {
    return nothing;
  }
}

const nothing = "an error without text";
