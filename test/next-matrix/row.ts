import type { CircuitSnapshot } from "../../src/index.ts";
import type { NextServer } from "../next-app/harness/next-server.ts";
import type { Upstream } from "../next-app/harness/upstream.ts";
import type { Serving } from "./serving.ts";

/** What a version is built with, beside what all are: folders under `with`. */
export type Extra =
  | "custom-server"
  | "edge-middleware"
  | "node-middleware"
  | "open-telemetry"
  | "proxy"
  | "standalone"
  | "use-cache";

export interface Version {
  readonly next: string;
  readonly react: string;
  readonly serving: Serving;
  readonly extras: readonly Extra[];
  readonly packages?: readonly string[];
}

/** A version of Next, built and served. */
export interface Row {
  readonly upstream: Upstream;
  readonly server: NextServer;
  /** What `next build` printed. */
  readonly output: string;
  readonly hitsOfBuild: number;
}

export function get({ server }: Row, path: string, init?: RequestInit): Promise<Response> {
  return fetch(server.url + path, { redirect: "manual", ...init });
}

export async function circuit(row: Row, name: string): Promise<CircuitSnapshot | undefined> {
  const all = (await (await get(row, "/api/circuits")).json()) as CircuitSnapshot[];
  return all.find((each) => each.name === name);
}

export async function command(row: Row, name: string, word: "open" | "close" | "reset"): Promise<void> {
  const query = new URLSearchParams({ name, command: word });
  const { status } = await get(row, `/api/circuits?${query}`, { method: "POST" });
  if (status !== 204) throw new Error(`${word} ${name}: HTTP ${status}`);
}
