import { circuits } from "../breaker/circuits.ts";
import type { ProtegoEvent } from "../breaker/events.ts";
import { epochMs, monotonicClock } from "../runtime/clock.ts";

/** Ten seconds of one circuit. */
export interface Slice {
  succeeded: number;
  failed: number;
  refused: number;
  /** Of admitted calls, in milliseconds. */
  totalMs: number;
  longestMs: number;
}

/** Something worth a line: a change of state, a command, a store that failed. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly circuit: string;
  readonly text: string;
}

const sliceMs = 10_000;
export const slices = 30;
const mostCircuits = 1000;
const mostLines = 100;

/** Nobody has looked for so long: nothing is recorded any more. */
const idleMs = 15 * 60_000;

interface Recording {
  slices: Slice[];
  /** Number of the newest slice since the clock's origin. */
  newest: number;
}

/**
 * What happened in the last five minutes, in fixed memory. It listens only while somebody looks: who never opens the
 * dashboard pays nothing for it.
 */
export interface Recorder {
  /** Oldest first, the present one last. */
  slicesOf(circuit: string): readonly Slice[];
  /** Newest first. */
  lines(): readonly LogLine[];
  note(circuit: string, text: string): void;
}

const key = Symbol.for("next-protego/recorder/1");

/** The recorder of this isolate, the same one for every copy of this module. Starts it, or keeps it going. */
export function recorder(): Recorder {
  const holder = globalThis as { [key]?: LookedAt | undefined };
  holder[key] ??= createRecorder(() => (holder[key] = undefined));
  holder[key].look();
  return holder[key];
}

interface LookedAt extends Recorder {
  look(): void;
}

function createRecorder(onEnd: () => void): LookedAt {
  const recordings = new Map<string, Recording>();
  const log: LogLine[] = [];
  let lookedAt = 0;

  function note(circuit: string, text: string): void {
    log.unshift({ at: epochMs(), circuit, text });
    log.length = Math.min(log.length, mostLines);
  }

  let end = (): void => {};

  function hear(event: ProtegoEvent): void {
    if (monotonicClock.now() - lookedAt > idleMs) {
      end();
      onEnd();
    } else if (event.type === "circuit.changed") {
      note(event.circuit, `${event.from} → ${event.to}, ${reasons[event.reason]}`);
    } else if (event.type === "store.failed") note(event.circuit, "store failed, on its own");
    else if (event.type === "store.recovered") note(event.circuit, "store answers again");
    else if (event.type.startsWith("call.") && event.type !== "call.allowed") count(event as CallEnd);
  }

  function count(event: CallEnd): void {
    const slice = present(event.circuit);
    if (!slice || event.type === "call.ignored") return;
    if (event.type === "call.refused") {
      slice.refused++;
      return;
    }
    slice[event.type === "call.succeeded" ? "succeeded" : "failed"]++;
    if (!(event.durationMs >= 0)) return;
    slice.totalMs += event.durationMs;
    slice.longestMs = Math.max(slice.longestMs, event.durationMs);
  }

  function present(circuit: string): Slice | undefined {
    let recording = recordings.get(circuit);
    if (!recording) {
      if (recordings.size >= mostCircuits) return undefined;
      recording = { slices: Array.from({ length: slices }, emptySlice), newest: sliceNumber() };
      recordings.set(circuit, recording);
    }
    return advance(recording).at(-1);
  }

  return {
    look() {
      lookedAt = monotonicClock.now();
      // The same listener: where it still listens, nothing changes.
      end = circuits.subscribe(hear);
    },
    lines: () => log,
    note,
    slicesOf(circuit) {
      const recording = recordings.get(circuit);
      return recording ? advance(recording) : [];
    },
  };
}

type CallEnd = Extract<
  ProtegoEvent,
  { type: "call.succeeded" | "call.failed" | "call.ignored" | "call.refused" }
>;

const reasons = {
  calls: "by its calls",
  time: "its time had come",
  command: "by command",
  fleet: "the fleet",
};

function sliceNumber(): number {
  return Math.floor(monotonicClock.now() / sliceMs);
}

/** Lets slices that are over move along. */
function advance(recording: Recording): Slice[] {
  const number = sliceNumber();
  const steps = Math.min(number - recording.newest, slices);
  for (let step = 0; step < steps; step++) {
    recording.slices.shift();
    recording.slices.push(emptySlice());
  }
  recording.newest = number;
  return recording.slices;
}

function emptySlice(): Slice {
  return { succeeded: 0, failed: 0, refused: 0, totalMs: 0, longestMs: 0 };
}
