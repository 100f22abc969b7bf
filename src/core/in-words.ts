/** Whatever was thrown, in words. Never throws: an error's own getters may. */
export function inWords(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "an error without words";
  }
}
