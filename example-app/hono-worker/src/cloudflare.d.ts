/** What this app uses of Workers; `wrangler types` writes all of it. */
declare module "cloudflare:workers" {
  import type { durableObjectStore } from "./circuit-object.ts";

  /** What `wrangler.json` binds. */
  const env: {
    readonly SHOP_URL: string;
    readonly PROTEGO_TOKEN: string;
    readonly CIRCUITS: Parameters<typeof durableObjectStore>[0];
  };
  class DurableObject {
    protected ctx: {
      storage: {
        get<Kept>(key: string): Promise<Kept | undefined>;
        put(key: string, value: unknown): Promise<void>;
      };
    };
  }
  function waitUntil(promise: Promise<unknown>): void;
}
