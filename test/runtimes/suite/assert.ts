/** Node's assert and vitest's expect exist in none of the other runtimes. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [came, wanted] = [inWords(actual), inWords(expected)];
  if (came !== wanted) throw new Error(`${what}: expected ${wanted}, got ${came}`);
}

export function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: not the same object`);
}

export function match(actual: unknown, expected: RegExp, what: string): void {
  if (!expected.test(String(actual)))
    throw new Error(`${what}: ${String(actual)} does not match ${expected}`);
}

/** The error that the work ends with. Fails when it does not end with one. */
export async function errorOf(work: () => unknown, what: string): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${what}: nothing was thrown`);
}

function inWords(value: unknown): string {
  if (typeof value === "function" || typeof value === "symbol") return String(value);
  return value === undefined ? "undefined" : JSON.stringify(value);
}
