import type * as Dashboard from "../../../src/dashboard.ts";
import type * as Protego from "../../../src/index.ts";
import type * as Next from "../../../src/next.ts";
import type * as Options from "../../../src/options.ts";
import type * as OpenTelemetry from "../../../src/otel.ts";
import type * as Redis from "../../../src/redis.ts";
import type * as Store from "../../../src/store.ts";
import type * as Testing from "../../../src/testing.ts";
import type * as Upstash from "../../../src/upstash.ts";

/** What the installed package exports, of all its entries. Types come from the source; the values are handed in by each home. */
export type Api = typeof Protego &
  typeof Options &
  typeof Next &
  typeof Dashboard &
  typeof OpenTelemetry &
  typeof Redis &
  typeof Store &
  typeof Testing &
  typeof Upstash;

/** Where the test's servers listen. */
export interface Upstream {
  readonly url: string;
  /** A second server: another origin. */
  readonly otherUrl: string;
  /** Nobody listens there. */
  readonly refusedUrl: string;
  readonly database: Database | { readonly missing: string };
}

/** One real Redis, by two ways. */
export interface Database {
  /** Behind the interface of Upstash. */
  readonly url: string;
  readonly token: string;
  readonly port: number;
}

/** What this home has besides the package. */
export interface Equipment {
  /** Sends commands to the real Redis over TCP; or why it cannot. */
  readonly redis: SendsCommands | { readonly missing: string };
}

/** One command of Redis, and its reply. */
export type SendsCommands = (command: readonly string[]) => Promise<unknown>;

/** One sentence that must hold in every home. It imports nothing of a home's own. */
export interface Check {
  readonly name: string;
  readonly run: (api: Api, upstream: Upstream, equipment: Equipment) => void | Promise<void>;
}

/** What a check throws that cannot be made here: no Redis, no TCP. */
export class Skipped extends Error {}
