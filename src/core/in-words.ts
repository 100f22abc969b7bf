const nothing = "an error without text";

/** Whatever was thrown, in words: `Name: message`, or the string itself. Never throws, whatever its getters do. */
export function inWords(error: unknown): string {
  try {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
    if (typeof error === "object" && error !== null) return nothing;
    return String(error) || nothing;
  } catch {
    return nothing;
  }
}
