/**
 * What kind of failure this was, for people and for labels of metrics: a code such as `ECONNREFUSED`, a status such as
 * `HTTP 503`, or the error's class. Never its message, which quotes URLs, tokens and people's data. Never throws.
 *
 * @returns at most 60 characters
 */
export function failureKind(failure: unknown): string {
  try {
    if (typeof failure === "string") return kindOfText(failure);
    if (typeof failure !== "object" || failure === null) return "Error";
    const error = failure as { name?: unknown; code?: unknown; cause?: unknown; constructor?: unknown };
    return codeOf(error) ?? codeOf(error.cause) ?? classOf(error) ?? "Error";
  } catch {
    return "Error";
  }
}

function kindOfText(text: string): string {
  return /^HTTP \d{3}\b/.exec(text)?.[0] ?? "Error";
}

/** `ENOTFOUND` says more than the `TypeError: fetch failed` around it. */
function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,39}$/.test(code) ? code : undefined;
}

function classOf(error: { name?: unknown; constructor?: unknown }): string | undefined {
  const { name } = error;
  if (typeof name === "string" && name !== "Error") return identifier(name);
  // A class that names no error of its own is still told by its constructor, unless a minifier took the name.
  const made = (error.constructor as { name?: unknown } | undefined)?.name;
  return typeof made === "string" && made.length > 2 && made !== "Object" ? identifier(made) : undefined;
}

function identifier(name: string): string | undefined {
  return /^[\w$]{1,60}/.exec(name)?.[0];
}
