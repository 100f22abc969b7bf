/** Time that passes only when everything due has been done. Timers of the code under test run by it too. */
export class VirtualTime {
  now = 0;
  readonly #queue: Timer[] = [];
  #order = 0;

  at(time: number, run: () => void): Timer {
    const timer = { time: Math.max(time, this.now), order: this.#order++, run };
    this.#push(timer);
    return timer;
  }

  after(ms: number, run: () => void): Timer {
    return this.at(this.now + ms, run);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Does all that is due until then, in order of time. */
  async runUntil(end: number): Promise<void> {
    while (this.#queue.length > 0 && this.#queue[0]!.time <= end) {
      this.now = this.#queue[0]!.time;
      while (this.#queue.length > 0 && this.#queue[0]!.time <= this.now) this.#pop().run?.();
      // Whatever follows from it in promises happens at the same moment.
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.now = end;
  }

  /** Puts this time in the place of the runtime's timers. @returns a function that puts those back */
  install(): () => void {
    const { setTimeout: realSet, clearTimeout: realClear } = globalThis;
    const set = (run: () => void, ms = 0): unknown => {
      const timer = this.after(ms, run);
      return Object.assign(timer, { unref: () => timer });
    };
    const clear = (timer: Timer | undefined): void => {
      if (timer) timer.run = undefined;
    };
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    return () => Object.assign(globalThis, { setTimeout: realSet, clearTimeout: realClear });
  }

  #push(timer: Timer): void {
    const queue = this.#queue;
    let at = queue.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(queue[parent]!, timer)) break;
      queue[at] = queue[parent]!;
      at = parent;
    }
    queue[at] = timer;
  }

  #pop(): Timer {
    const queue = this.#queue;
    const first = queue[0]!;
    const last = queue.pop()!;
    if (queue.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= queue.length) break;
      const right = left + 1;
      const child = right < queue.length && isBefore(queue[right]!, queue[left]!) ? right : left;
      if (isBefore(last, queue[child]!)) break;
      queue[at] = queue[child]!;
      at = child;
    }
    queue[at] = last;
    return first;
  }
}

export interface Timer {
  readonly time: number;
  readonly order: number;
  run: (() => void) | undefined;
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}
