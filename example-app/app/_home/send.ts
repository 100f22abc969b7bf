import type { Status } from "../api/demo/status/route.ts";
import type { Use } from "./uses.ts";

export type Kind = "fresh" | "cached" | "stale" | "refused" | "failed";

/** What one call of the visitor's came to. */
export interface Answer {
  readonly id: number;
  readonly title: string;
  /** The one that was asked, where there are several. */
  readonly region: string;
  readonly status: number;
  readonly kind: Kind;
  readonly detail: string;
  readonly ms: number;
  /** Calls that reached the upstream meanwhile. */
  readonly hits: number;
}

let sent = 0;

/** @param region another one than this page's, or `undefined` */
export async function send(use: Use, query: string, region: string | undefined): Promise<Answer> {
  const hitsBefore = await upstreamHits();
  const startedAt = performance.now();
  const path = use.path + query;
  const via = `/api/demo/via/${region}?path=${encodeURIComponent(path)}`;
  const response = await fetch(region === undefined ? path : via, { cache: "no-store" });
  const body = await response.text();
  const ms = Math.round(performance.now() - startedAt);
  const hits = (await upstreamHits()) - hitsBefore;
  const found = { kind: kindOf(response, body, hits), detail: detailOf(response, body) };
  return { id: ++sent, title: use.title, region: region ?? "", status: response.status, ms, hits, ...found };
}

export async function readStatus(): Promise<Status> {
  const response = await fetch("/api/demo/status", { cache: "no-store" });
  return (await response.json()) as Status;
}

async function upstreamHits(): Promise<number> {
  return (await readStatus()).upstream.hits;
}

// A page cannot answer 503: its refusal shows in the digest that Next puts into the page for error.tsx.
const digest = /PROTEGO_CIRCUIT_OPEN;[^;]*;(\d+)/;

function kindOf(response: Response, body: string, hits: number): Kind {
  if (response.headers.has("retry-after") || digest.test(body)) return "refused";
  if (!response.ok) return "failed";
  if (body.includes("data-stale")) return "stale";
  const fromPageCache = /HIT|STALE/.test(response.headers.get("x-nextjs-cache") ?? "");
  return fromPageCache || (hits === 0 && body.includes("data-answer")) ? "cached" : "fresh";
}

function detailOf(response: Response, body: string): string {
  const retryAfter = response.headers.get("retry-after");
  if (retryAfter) return `Retry-After: ${retryAfter}`;
  const seconds = digest.exec(body)?.[1];
  if (seconds) return `error.tsx: back in ${seconds} s`;
  if (!response.ok) return "the failure, passed on";
  const pageCache = response.headers.get("x-nextjs-cache");
  const answer = /data-answer="[^"]*">(\d+)|"answer":(\d+)/.exec(body);
  const parts = [answer && `answer no. ${answer[1] ?? answer[2]}`, pageCache && `page cache ${pageCache}`];
  return parts.filter(Boolean).join(", ");
}
