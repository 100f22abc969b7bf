import type { Store } from "../core/store.ts";
import { storeStep } from "../core/store-step.ts";

/** More circuits than these are not kept: the one that was written longest ago goes first. */
const mostRecords = 10_000;

/**
 * A store in this process: for tests, for simulations, and for a single long-lived server whose edge functions have
 * none.
 *
 * @param now milliseconds that only go forward
 */
export function memoryStore(now: () => number = () => performance.now()): Store {
  const records = new Map<string, { readonly text: string; readonly writtenAt: number }>();
  return {
    // A step that throws is a store that rejects.
    // oxlint-disable-next-line require-await
    async step(circuit, request) {
      const kept = records.get(circuit);
      const { keep, reply } = storeStep(kept?.text, request, kept ? now() - kept.writtenAt : 0);
      if (keep !== undefined) {
        records.delete(circuit);
        records.set(circuit, { text: keep, writtenAt: now() });
        if (records.size > mostRecords) records.delete(records.keys().next().value!);
      }
      return reply;
    },
  };
}
