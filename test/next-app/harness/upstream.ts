import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the upstream does with a path: answers a status, kills the connection, or never answers. */
export type Behaviour = number | "reset" | "hang";

export interface Upstream {
  url: string;
  /** How the path is answered from now on. A healthy answer tells how many there have been. */
  set(path: string, behaviour: Behaviour): void;
  hits(path: string): number;
  close(): Promise<void>;
}

/** The service that the fixture apps call: real, local, and as bad as it is told to be. */
export async function startUpstream(): Promise<Upstream> {
  const behaviours = new Map<string, Behaviour>();
  const hits = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = new URL(request.url!, "http://upstream").pathname;
    const count = (hits.get(path) ?? 0) + 1;
    hits.set(path, count);
    behave(response, behaviours.get(path) ?? 200, `answer ${count} of ${path}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (path, behaviour) => void behaviours.set(path, behaviour),
    hits: (path) => hits.get(path) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function behave(response: ServerResponse, behaviour: Behaviour, text: string): void {
  if (behaviour === "hang") return;
  if (behaviour === "reset") return void response.destroy();
  response.statusCode = behaviour;
  response.end(behaviour === 200 ? text : `secret failure ${behaviour}`);
}
