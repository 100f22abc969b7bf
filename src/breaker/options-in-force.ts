import { adopt } from "../core/adopt.ts";
import type { PolicyOptions } from "../core/policy-options.ts";
import { tellOnce } from "../runtime/environment.ts";
import type { Breaker } from "./breaker.ts";
import { type ResolvedCircuitOptions, resolveCircuitOptions } from "./resolved-options.ts";

/**
 * Gives a circuit what a wrapper or `register` mentions. An option that another has given too keeps the value of the
 * higher rank, which is that of the wrapper made last.
 */
export function giveOptions(breaker: Breaker, options: ResolvedCircuitOptions, rank: number): void {
  for (const [option, value] of Object.entries(options.given)) {
    const held = breaker.given.get(option);
    if (!held || held.rank <= rank) breaker.given.set(option, { value, rank });
  }
  applyOptions(breaker, breaker.configured, options.policy.timeoutMs);
}

/**
 * Tells of a wrapper that is called although another's value holds. Not when that one comes: the one made before may be what a
 * hot reload has replaced, and is never called again then.
 */
export function tellTwoValues(breaker: Breaker, { given }: ResolvedCircuitOptions): void {
  for (const option in given) {
    tellOnce(() => {
      // What can be compared is a number, or made of numbers alone. Functions have no words: each hot reload makes them
      // anew, and whether they do the same nobody knows.
      const comparable = (value: unknown): string | number => {
        const { kind, settings } = Object(value) as { readonly kind?: string; readonly settings?: object };
        return settings ? `${kind} ${JSON.stringify(settings)}` : Number(value);
      };
      const [one, other] = [breaker.given.get(option)!.value, given[option]].map(comparable);
      if (!one || !other || one === other) return undefined;
      return `[two-values] circuit "${breaker.name}" is given ${option} ${one} and ${other}: ${one} holds.`;
    });
  }
}

/**
 * Puts a circuit under the options that it was given and, above them, those that it was configured with. Its state
 * and counts stay.
 *
 * @throws {TypeError | RangeError} for a bad option; nothing has changed then
 */
export function applyOptions(
  breaker: Breaker,
  configured: PolicyOptions,
  timeoutMs = breaker.policy.timeoutMs,
): void {
  const given = Object.fromEntries([...breaker.given].map(([option, { value }]) => [option, value]));
  const { policy, clock, on, quiet } = resolveCircuitOptions({ ...given, ...configured }, timeoutMs);
  breaker.phase = adopt(breaker.phase, breaker.policy, policy, clock.now());
  breaker.policy = policy;
  breaker.clock = clock;
  breaker.quiet = quiet;
  breaker.configured = configured;
  if (breaker.optionListener) breaker.listeners.delete(breaker.optionListener);
  if (on) breaker.listeners.add(on);
  breaker.optionListener = on;
}
