import type { CircuitSnapshot } from "next-protego";
import type { App } from "../harness/app.ts";
import { outputs } from "../harness/outputs.ts";

/** What the code that called says of its call. */
export interface Told {
  status?: number;
  body?: string;
  error?: string;
  refused?: boolean;
  /** In an edge function: the circuits of its own. */
  circuits?: CircuitSnapshot[];
}

export type Place = (app: App, query: string) => Promise<Told>;

const json =
  (path: string): Place =>
  async (app, query) =>
    (await app.get(`${path}?${query}`)).json() as Promise<Told>;

export const route = json("/api/call");
export const edgeRoute = json("/api/edge");
export const pagesApi = json("/api/old");
export const proxy = json("/through-proxy");
/** Three components that make the same call. */
export const page: Place = async (app, query) =>
  JSON.parse(outputs(await app.text(`/memo?${query}`))[0]!) as Told;

export const refused = { error: "CircuitOpenError", refused: true };
