/** A source of chance that a seed repeats. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761) | 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** From 0 to 1. */
  next = (): number => {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  };

  happens(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** Waiting time of something that happens at random so often on average. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** Most near the median, a few much longer: as latencies are. */
  latency(median: number, spread = 0.4): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return median * Math.exp(spread * normal);
  }
}
