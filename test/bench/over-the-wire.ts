import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { guards } from "./guards.ts";
import { quantile, table } from "./table.ts";

const rounds = 8;
const atOnce = 20;
const callsEach = 50;

/** Calls of a real server on loopback, body included, in rounds in which all take turns. */
export async function overTheWire(): Promise<void> {
  const server = createServer((_, answer) => answer.end("answer"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const contestants = new Map<string, (url: string) => Promise<Response>>([["fetch, no timeout", fetch]]);
  for (const [name, guard] of Object.entries(guards)) {
    // oxlint-disable-next-line no-await-in-loop
    contestants.set(name, await guard({ timeoutMs: 10_000, resetMs: 60_000, redisPort: 0 }));
  }
  const found = new Map([...contestants.keys()].map((name) => [name, [] as Round[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, send] of contestants) {
      // oxlint-disable-next-line no-await-in-loop
      const measured = await oneRound(() => send(url));
      if (round > 0) found.get(name)!.push(measured);
    }
  }
  server.close();
  server.closeAllConnections();
  table(
    `a real server on loopback, ${atOnce} at once`,
    [...found].map(([name, each]) => {
      const all = each.flatMap(({ latencies }) => latencies).toSorted((a, b) => a - b);
      const perSecond = each.map((round) => round.perSecond).toSorted((a, b) => a - b);
      const ms = (share: number): string => `${quantile(all, share).toFixed(2)} ms`;
      return [name, ms(0.5), ms(0.99), `${Math.round(quantile(perSecond, 0.5))} /s`] as const;
    }),
    ["p50", "p99", "throughput"],
  );
}

interface Round {
  readonly latencies: number[];
  readonly perSecond: number;
}

async function oneRound(send: () => Promise<Response>): Promise<Round> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const one = async (): Promise<void> => {
    for (let i = 0; i < callsEach; i++) {
      const from = performance.now();
      // oxlint-disable-next-line no-await-in-loop
      await (await send()).text();
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return { latencies, perSecond: latencies.length / ((performance.now() - startedAt) / 1000) };
}
