import { askPlatform, keepAlive } from "../runtime/background.ts";
import { endsWithRequest } from "../runtime/environment.ts";
import type { AdmittedCall } from "./admitted-call.ts";
import type { Breaker } from "./breaker.ts";

/** What a call needs whose request may end before it, unheard. */
interface MortalCall {
  expiresAtMs: number;
  /** Tells the platform that it need not be kept alive any longer. */
  readonly over: () => void;
}

const underWay = new WeakMap<Breaker, Map<AdmittedCall, MortalCall>>();

/**
 * Asked once: no place changes its kind. Node runs this file too, as OpenNext makes Workers of what was traced for Node;
 * there a call pays for a look at this and no more, so what is called is small enough to be inlined.
 */
let callsAreMortal: boolean | undefined;

/**
 * Where work may end with the request that started it (Workers, edges): the platform is asked to keep a call alive until
 * it is over, and a call that is not heard of all the same gives its place back when it should have ended.
 */
export function callBegan(call: AdmittedCall): void {
  callsAreMortal ??= endsWithRequest();
  if (callsAreMortal) keepUntilOver(call);
}

export function callEnded(call: AdmittedCall): void {
  if (callsAreMortal) noteOver(call);
}

/** A stream goes on for as long as it delivers. */
export function callIsAlive(call: AdmittedCall): void {
  if (callsAreMortal) prolong(call);
}

/** Frees the places of calls whose end was not heard. */
export function expireCalls(breaker: Breaker, release: (call: AdmittedCall) => void): void {
  if (callsAreMortal) expire(breaker, release);
}

function keepUntilOver(call: AdmittedCall): void {
  let over!: () => void;
  askPlatform(new Promise<void>((resolve) => (over = resolve)));
  const calls = underWay.get(call.breaker) ?? new Map<AdmittedCall, MortalCall>();
  underWay.set(call.breaker, calls);
  calls.set(call, { expiresAtMs: endOf(call), over });
}

function noteOver(call: AdmittedCall): void {
  const calls = underWay.get(call.breaker);
  calls?.get(call)?.over();
  calls?.delete(call);
}

function prolong(call: AdmittedCall): void {
  const mortal = underWay.get(call.breaker)?.get(call);
  if (mortal) mortal.expiresAtMs = endOf(call);
}

function expire(breaker: Breaker, release: (call: AdmittedCall) => void): void {
  const calls = underWay.get(breaker);
  if (!calls?.size) return;
  const now = breaker.clock.now();
  for (const [call, { expiresAtMs }] of calls) {
    if (now < expiresAtMs) continue;
    // Not told that it is over: that is for its own request to say, and it is gone.
    calls.delete(call);
    release(call);
  }
}

/** A verdict that comes later is waited for, although its request may have been answered. */
export function keepVerdict(verdict: Promise<unknown>): void {
  keepAlive(verdict);
}

function endOf({ breaker, leaseMs }: AdmittedCall): number {
  return breaker.clock.now() + leaseMs;
}
