import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SickUpstream {
  readonly origin: string;
  /** Takes requests and answers none, as a database without free connections makes its server do. */
  hangs: boolean;
  /** Requests since the start. */
  readonly calls: number;
  /** The most that waited here at once. */
  readonly mostWaiting: number;
  close(): void;
}

export async function startUpstream(answerMs: number): Promise<SickUpstream> {
  let waiting = 0;
  let calls = 0;
  let mostWaiting = 0;
  const server = createServer((_, answer) => {
    calls++;
    mostWaiting = Math.max(mostWaiting, ++waiting);
    answer.on("close", () => waiting--);
    if (!upstream.hangs) setTimeout(() => answer.end("answer"), answerMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const upstream = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hangs: false,
    get calls() {
      return calls;
    },
    get mostWaiting() {
      return mostWaiting;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return upstream;
}
