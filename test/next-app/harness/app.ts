import type { CircuitSnapshot } from "next-protego";
import { type Build, buildFixture, prepareFixture } from "./fixture.ts";
import { type NextServer, startNext } from "./next-server.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

export interface BuiltApp {
  folder: string;
  build: Build;
  upstream: Upstream;
}

export interface App extends BuiltApp {
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
  const folder = await prepareFixture(fixture);
  const build = await buildFixture(folder, { UPSTREAM: upstream.url });
  if (build.exitCode !== 0) throw new Error(`next build failed:\n${build.output}`);
  return serveApp({ folder, build, upstream });
}

/** Starts a built app, with more in its environment. */
export async function serveApp(built: BuiltApp, env: Partial<NodeJS.ProcessEnv> = {}): Promise<App> {
  const server = await startNext(built.folder, { UPSTREAM: built.upstream.url, ...env });
  return appAt(built, server);
}

/** How tests speak to an app that a server of Next's serves. */
export function appAt(built: BuiltApp, server: NextServer): App {
  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(server.url + path, { redirect: "manual", ...init });
  return {
    ...built,
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
      await built.upstream.close();
    },
  };
}
