import { bodies } from "./bodies.ts";
import type { Api, Check, Upstream } from "./check.ts";
import { fetching } from "./fetching.ts";
import { functions } from "./functions.ts";
import { machine } from "./machine.ts";
import { routes } from "./routes.ts";
import { steering } from "./steering.ts";

export interface Result {
  readonly name: string;
  readonly ok: boolean;
  readonly error?: string;
}

export const checks: readonly Check[] = [
  ...machine,
  ...fetching,
  ...bodies,
  ...routes,
  ...functions,
  ...steering,
];

/** Every check in turn, in the runtime that calls this. One that hangs is a failure of its own, not of the rest. */
export async function perform(api: Api, upstream: Upstream): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, run } of checks) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("the check did not end within 10 s")), 10_000);
    });
    try {
      await Promise.race([run(api, upstream), hung]);
      results.push({ name, ok: true });
    } catch (error) {
      results.push({ name, ok: false, error: `${String(error)}\n${(error as Error).stack ?? ""}` });
    } finally {
      clearTimeout(timer);
    }
  }
  return results;
}
