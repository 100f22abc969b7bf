/** What the upstream can be told to be. */
export const modes = {
  healthy: "answers at once",
  slow: "answers after 2 s",
  hanging: "never answers",
  failing: "answers 500",
  dying: "good headers, then cuts the body",
  limiting: "answers 429 with Retry-After",
} as const;

export type Mode = keyof typeof modes;

export function isMode(mode: unknown): mode is Mode {
  return typeof mode === "string" && Object.hasOwn(modes, mode);
}
