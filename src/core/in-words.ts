/** What was thrown, or a description such as `HTTP 503`, in words, whatever it is. Never throws. */
export function inWords(failure: unknown): string {
  try {
    const { name, message } = Object(failure) as Partial<Error>;
    if (typeof message !== "string") return String(failure);
    return typeof name === "string" && name !== "" ? `${name}: ${message}` : message;
  } catch {
    return "an error without text";
  }
}
