import { invalid } from "../core/option.ts";
import type { Phase } from "../core/phase.ts";
import type { Policy } from "../core/policy.ts";
import { restored } from "../core/restore.ts";
import { withDefault } from "../core/with-default.ts";
import { epochMs } from "../runtime/clock.ts";
import { random } from "../runtime/random.ts";
import type { InitialPhase } from "./circuit-options.ts";
import type { CircuitSnapshot } from "./snapshot.ts";

/**
 * Lets circuits go on where those of another process were: a deploy starts with what the last one knew. An open
 * circuit stays open for the time that remained; a half-open one does not let every copy of the snapshot send
 * trials at once. What is no snapshot is passed over.
 *
 * @param snapshots what `circuits.snapshot()` returned, also after a journey through JSON
 * @throws {TypeError} when it is no array
 * @example
 * createProtectedFetch({ initial: restoreFrom(JSON.parse(saved)) });
 */
export function restoreFrom(snapshots: readonly CircuitSnapshot[]): InitialPhase {
  if (!Array.isArray(snapshots)) throw invalid("initial", snapshots, "what circuits.snapshot() returned");
  function begin(name: string, policy: Policy, now: number): Phase | undefined {
    const seen = snapshots.find((snapshot) => snapshot?.name === name);
    const elapsedMs = seen ? Math.max(0, epochMs() - seen.at) || 0 : 0;
    return seen && restored(seen, policy, now, elapsedMs, random());
  }
  // They may come from anywhere.
  return { begin: withDefault(begin, undefined) };
}
