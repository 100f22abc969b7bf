import { answers } from "./answers.ts";
import { bodies } from "./bodies.ts";
import { type Api, type Check, type Equipment, Skipped, type Upstream } from "./check.ts";
import { dashboards } from "./dashboards.ts";
import { fetching } from "./fetching.ts";
import { functions } from "./functions.ts";
import { generators } from "./generators.ts";
import { machine } from "./machine.ts";
import { permits } from "./permits.ts";
import { routes } from "./routes.ts";
import { rules } from "./rules.ts";
import { sharing } from "./sharing.ts";
import { steering } from "./steering.ts";
import { streams } from "./streams.ts";

export interface Result {
  readonly name: string;
  readonly ok: boolean;
  readonly error?: string;
  /** Why it could not be made there. */
  readonly skipped?: string;
}

export const checks: readonly Check[] = [
  ...machine,
  ...rules,
  ...fetching,
  ...streams,
  ...bodies,
  ...routes,
  ...answers,
  ...functions,
  ...generators,
  ...permits,
  ...dashboards,
  ...steering,
  ...sharing,
];

/** Every check in turn, in the runtime that calls this. One that hangs is a failure of its own, not of the rest. */
export async function perform(api: Api, upstream: Upstream, equipment: Equipment): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, run } of checks) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("the check did not end within 10 s")), 10_000);
    });
    try {
      await Promise.race([run(api, upstream, equipment), hung]);
      results.push({ name, ok: true });
    } catch (error) {
      if (error instanceof Skipped) {
        results.push({ name, ok: true, skipped: error.message });
        continue;
      }
      results.push({ name, ok: false, error: `${String(error)}\n${(error as Error).stack ?? ""}` });
    } finally {
      clearTimeout(timer);
    }
  }
  return results;
}
