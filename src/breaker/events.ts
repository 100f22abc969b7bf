import type { Figures } from "../core/figures.ts";
import type { RefusalReason } from "../core/refusal.ts";
import type { CircuitState } from "../core/phase.ts";

interface OfCall {
  readonly circuit: string;
  /** What the call was called with, where `argumentsInEvents` says so. */
  readonly args?: readonly unknown[] | undefined;
}

/** Something that happened, told to listeners after it took effect. */
export type ProtegoEvent =
  | (OfCall & { readonly type: "call.allowed" })
  | (OfCall & { readonly type: "call.succeeded"; readonly durationMs: number })
  | (OfCall & {
      readonly type: "call.failed";
      readonly durationMs: number;
      /** The error thrown, or a short description such as `HTTP 503`. */
      readonly failure: unknown;
    })
  | (OfCall & { readonly type: "call.ignored"; readonly durationMs: number })
  | (OfCall & {
      /** The upstream was not called. A cache or a fallback may have answered all the same. */
      readonly type: "call.refused";
      readonly reason: RefusalReason;
      /** Milliseconds until the next call may be admitted. */
      readonly retryAfter: number;
      /** True in observe mode: the call went through all the same. */
      readonly observed: boolean;
    })
  | {
      /** Something else has answered in place of a call that was refused, or has failed. */
      readonly type: "call.substituted";
      readonly circuit: string;
      readonly kind: SubstituteKind;
    }
  | {
      readonly type: "circuit.changed";
      readonly circuit: string;
      readonly from: CircuitState;
      readonly to: CircuitState;
      readonly reason: ChangeReason;
      /** What the opening rule had counted when the circuit opened. */
      readonly figures?: Figures | undefined;
      /** The last failure in words, for operators. Not for the public. */
      readonly failure?: string | undefined;
      /** Milliseconds since it was last closed; `undefined` where it was closed until now. */
      readonly notClosedMs?: number | undefined;
      /** Who gave the command, if the command said so. */
      readonly by?: string | undefined;
    }
  | {
      /** Made at its first call or by `register`; forgotten for want of room; disposed of by `circuits.dispose`. */
      readonly type: "circuit.created" | "circuit.forgotten" | "circuit.disposed";
      readonly circuit: string;
    }
  | {
      /** The shared store failed, or did not answer in time: this isolate is on its own until it does. */
      readonly type: "store.failed";
      readonly circuit: string;
    }
  | { readonly type: "store.recovered"; readonly circuit: string };

/** What answers in place of a call: the app's own fallback, the last good answer, or Next's data cache. */
export type SubstituteKind = "fallback" | "stale" | "cache";

/** Why a circuit changed its state: its own counting, the passing of time, a command, or what the fleet knows. */
export type ChangeReason = "calls" | "time" | "command" | "fleet";

export type Listener = (event: ProtegoEvent) => void;
