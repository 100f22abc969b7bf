declare const process: { env: Record<string, string | undefined> } | undefined;

/** Whether `next build` runs this code. Nothing may be counted or refused there. */
export function isBuildPhase(): boolean {
  return typeof process === "object" && process.env["NEXT_PHASE"] === "phase-production-build";
}

const told = new Set<string>();

/** Tells the developer something once. Silent in production and where no environment is known. */
export function tellOnce(message: string): void {
  if (typeof process !== "object" || process.env["NODE_ENV"] === "production") return;
  if (told.has(message) || told.size > 100) return;
  told.add(message);
  console.warn(`next-protego: ${message}`);
}
