import type * as Protego from "../../../src/index.ts";
import type * as Options from "../../../src/options.ts";

/** What the built package exports. Types come from the source; the values are handed in by each runtime. */
export type Api = typeof Protego & Pick<typeof Options, "staleIfError" | "watchBody">;

/** Where the test's servers listen. */
export interface Upstream {
  readonly url: string;
  /** A second server: another origin. */
  readonly otherUrl: string;
  /** Nobody listens there. */
  readonly refusedUrl: string;
}

/** One sentence that must hold in every runtime. It imports nothing of a runtime's own. */
export interface Check {
  readonly name: string;
  readonly run: (api: Api, upstream: Upstream) => void | Promise<void>;
}
