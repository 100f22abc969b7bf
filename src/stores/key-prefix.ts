import { invalid } from "../core/option.ts";

/** @throws {TypeError} for a prefix that could reach into other keys */
export function checkedPrefix(prefix: unknown = "protego"): string {
  if (typeof prefix === "string" && /^[\w:.-]{1,64}$/.test(prefix)) return prefix;
  throw invalid("prefix", prefix, "1 to 64 letters, digits, or any of _ : . -");
}
