import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FlappingUpstream {
  readonly origin: string;
  stop(): Promise<void>;
}

type Mood = (response: ServerResponse) => void;

const moods: readonly Mood[] = [
  (response) => response.end("answer ".repeat(100)),
  (response) => response.writeHead(503, { "retry-after": "1" }).end("failing"),
  (response) => response.end("answer ".repeat(100)),
  () => {}, // hangs
  (response) => response.end("answer ".repeat(100)),
  (response) => {
    response.writeHead(200, { "content-length": "1000" }).write("begun");
    setTimeout(() => response.destroy(), 5);
  },
  (response) => response.end("answer ".repeat(100)),
  (response) => response.destroy(),
];

/** A real server whose mood changes every three seconds; every second one is good. */
export async function startFlappingUpstream(): Promise<FlappingUpstream> {
  const server = createServer((_request, response) => {
    moods[Math.floor(performance.now() / 3000) % moods.length]!(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
