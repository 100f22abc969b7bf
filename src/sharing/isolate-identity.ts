import { registry } from "../breaker/registry.ts";
import { outsideRender } from "../runtime/background.ts";
import { random } from "../runtime/random.ts";

/** Who this isolate is to the fleet: one for all its circuits, however they come and go. */
export interface Identity {
  readonly reporter: number;
  /** The next number of a report, larger than those before. */
  sequence(): number;
  /** A positive number for a question that no other question has, of this isolate or another. */
  token(): number;
}

/**
 * The identity of this isolate. It is drawn when the store is first asked and not before: at the module scope of a
 * Worker all clocks are 0 and chance is forbidden, so that all isolates would be one.
 *
 * @param drawn by default the registry's: looked up each time, as a test that resets the circuits makes another isolate
 */
export function isolateIdentity(
  drawn = () => (registry().isolate ??= { reporter: random31(), count: 0 }),
): Identity {
  return {
    get reporter() {
      return drawn().reporter;
    },
    sequence: () => ++drawn().count,
    token: () => scrambled(drawn().reporter, ++drawn().count),
  };
}

/** From 1 to 2^31 - 1: every store and every client keeps it exactly. */
function random31(): number {
  const drawn = new Uint32Array(1);
  try {
    // Inside a prerender Next would take it for data that must not be kept.
    outsideRender(() => crypto.getRandomValues(drawn));
  } catch {
    drawn[0] = random() * 2 ** 32;
  }
  return 1 + (drawn[0]! % (2 ** 31 - 1));
}

function scrambled(one: number, other: number): number {
  let hash = one ^ Math.imul(other, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return 1 + (((hash ^ (hash >>> 16)) >>> 0) % (2 ** 31 - 1));
}
