type Call = () => Promise<unknown>;

const rounds = 15;
const warmUps = 3;

/**
 * Nanoseconds per call, of each by its median over rounds in which all take turns: whatever else the machine does hits
 * all alike. Look at ratios; these machines are noisy.
 */
export async function nanoseconds(calls: Record<string, Call>, times: number): Promise<Map<string, number>> {
  const names = Object.keys(calls);
  const found = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds + warmUps; round++) {
    for (const name of names) {
      const call = calls[name]!;
      const startedAt = performance.now();
      for (let i = 0; i < times; i++) {
        try {
          // oxlint-disable-next-line no-await-in-loop
          await call();
        } catch {
          // Some are meant to fail.
        }
      }
      const each = ((performance.now() - startedAt) / times) * 1e6;
      if (round >= warmUps) found.get(name)!.push(each);
    }
  }
  return new Map([...found].map(([name, all]) => [name, median(all)]));
}

/** Bytes of heap that a call leaves for the collector. Needs --expose-gc. */
export async function bytesPerCall(call: Call, times = 20_000): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  for (let i = 0; i < 2000; i++) await call().catch(() => {});
  const samples: number[] = [];
  for (let round = 0; round < 7; round++) {
    gc?.();
    const before = process.memoryUsage().heapUsed;
    // Fewer than what fills the young generation, so that nothing is collected meanwhile.
    for (let i = 0; i < times / 10; i++) await call().catch(() => {});
    samples.push((process.memoryUsage().heapUsed - before) / (times / 10));
  }
  return median(samples);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
