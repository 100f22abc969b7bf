import { createHash } from "node:crypto";

/** A flag of Upstash's own, which Redis refuses: locks the keys of a script instead of the whole database. */
const keyLocking = "allow-key-locking";

/** SHA-1 of a script as Upstash knows it, to the one under which Redis knows it. Upstash's cache is one, too. */
const shas = new Map<string, string>();

/** A script as Redis takes it. Its lines keep their numbers. */
export function scriptForRedis(script: string): string {
  const translated = script.replace(/^#!lua\b[^\n]*/, (shebang) => {
    if (!shebang.includes(keyLocking)) return shebang;
    const flags = /flags=(\S+)/.exec(shebang)?.[1]?.split(",") ?? [];
    const others = flags.filter((flag) => flag !== keyLocking);
    return others.length > 0 ? `#!lua flags=${others.join(",")}` : "";
  });
  if (translated !== script) shas.set(sha1(script), sha1(translated));
  return translated;
}

export function shaForRedis(sha: string): string {
  return shas.get(sha.toLowerCase()) ?? sha;
}

export function sha1(script: string): string {
  return createHash("sha1").update(script).digest("hex");
}
