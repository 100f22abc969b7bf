import { latencyBucket, latencyBuckets } from "./latency.ts";

/** What is counted of a stretch of time. */
export const columns = ["succeeded", "failed", "refused", "observed", "substituted"] as const;

export type Column = (typeof columns)[number];

const width = columns.length + latencyBuckets;

export type Slice = Readonly<Record<Column, number>>;

/** Counts of the last stretches of time, all of one length, in memory of a fixed size. */
export class Buckets {
  readonly length: number;
  readonly #sliceMs: number;
  readonly #rows: Uint32Array;
  #newest: number;

  constructor(length: number, sliceMs: number, now: number) {
    this.length = length;
    this.#sliceMs = sliceMs;
    this.#rows = new Uint32Array(length * width);
    this.#newest = Math.floor(now / sliceMs);
  }

  add(column: Column, calls: number, now: number): void {
    this.#rows[this.#present(now) + columns.indexOf(column)]! += calls;
  }

  measure(durationMs: number, now: number): void {
    this.#rows[this.#present(now) + columns.length + latencyBucket(durationMs)]!++;
  }

  /** The newest `count` stretches, oldest first; the present one, not over yet, is the last. */
  last(count: number, now: number): Slice[] {
    this.#present(now);
    const numbers = Array.from({ length: Math.min(count, this.length) }, (_, back) => this.#newest - back);
    return numbers.toReversed().map((number) => this.#slice(number));
  }

  /** Counts of the newest `count` stretches together, or of as many before the newest `before`. */
  sum(count: number, now: number, before = 0): Slice {
    this.#present(now);
    const total = { succeeded: 0, failed: 0, refused: 0, observed: 0, substituted: 0 };
    for (let back = before; back < Math.min(count + before, this.length); back++) {
      const row = this.#offset(this.#newest - back);
      total.succeeded += this.#rows[row]!;
      total.failed += this.#rows[row + 1]!;
      total.refused += this.#rows[row + 2]!;
      total.observed += this.#rows[row + 3]!;
      total.substituted += this.#rows[row + 4]!;
    }
    return total;
  }

  /** How many calls of the newest `count` stretches were measured in each bucket of latency. */
  latency(count: number, now: number): number[] {
    this.#present(now);
    const total = Array.from({ length: latencyBuckets }, () => 0);
    for (let back = 0; back < Math.min(count, this.length); back++) {
      const row = this.#offset(this.#newest - back) + columns.length;
      for (let bucket = 0; bucket < latencyBuckets; bucket++) total[bucket]! += this.#rows[row + bucket]!;
    }
    return total;
  }

  static bytes(length: number): number {
    return length * width * 4;
  }

  #slice(number: number): Slice {
    const row = this.#offset(number);
    const rows = this.#rows;
    return {
      succeeded: rows[row]!,
      failed: rows[row + 1]!,
      refused: rows[row + 2]!,
      observed: rows[row + 3]!,
      substituted: rows[row + 4]!,
    };
  }

  #offset(number: number): number {
    return (((number % this.length) + this.length) % this.length) * width;
  }

  /** Clears what time has passed over. @returns where the present row begins */
  #present(now: number): number {
    const number = Math.floor(now / this.#sliceMs);
    const passed = Math.min(number - this.#newest, this.length);
    for (let step = 0; step < passed; step++) {
      const row = this.#offset(number - step);
      this.#rows.fill(0, row, row + width);
    }
    this.#newest = Math.max(number, this.#newest);
    return this.#offset(this.#newest);
  }
}
