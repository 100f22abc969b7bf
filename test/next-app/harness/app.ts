import type { CircuitSnapshot } from "next-protego";
import { type Build, buildFixture, prepareFixture } from "./fixture.ts";
import { type NextServer, startNext } from "./next-server.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

export interface App {
  folder: string;
  build: Build;
  upstream: Upstream;
  server: NextServer;
  get(path: string, init?: RequestInit): Promise<Response>;
  text(path: string): Promise<string>;
  /** The circuit of this name in the server's process. */
  circuit(name: string): Promise<CircuitSnapshot | undefined>;
  command(name: string, command: "open" | "close" | "halfOpen" | "reset"): Promise<void>;
  stop(): Promise<void>;
}

/** Builds a fixture app against a healthy upstream and starts it. */
export async function startApp(fixture: string): Promise<App> {
  const upstream = await startUpstream();
  const env = { UPSTREAM: upstream.url };
  const folder = await prepareFixture(fixture);
  const build = await buildFixture(folder, env);
  if (build.exitCode !== 0) throw new Error(`next build failed:\n${build.output}`);
  const server = await startNext(folder, env);
  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(server.url + path, { redirect: "manual", ...init });
  return {
    folder,
    build,
    upstream,
    server,
    get,
    text: async (path) => (await get(path)).text(),
    async circuit(name) {
      const response = await get("/api/circuits");
      const all = (await response.json()) as CircuitSnapshot[];
      return all.find((circuit) => circuit.name === name);
    },
    async command(name, command) {
      const query = new URLSearchParams({ name, command });
      const response = await get(`/api/circuits?${query}`, { method: "POST" });
      if (!response.ok) throw new Error(`${command} ${name}: HTTP ${response.status}`);
    },
    async stop() {
      await server.stop();
      await upstream.close();
    },
  };
}
