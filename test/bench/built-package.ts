import type * as protego from "../../src/index.ts";
import type * as options from "../../src/options.ts";
import type * as stores from "../../src/redis.ts";

export type Protego = typeof protego;

/** What is measured is what is shipped: `dist`, under the types of its source. */
async function built(entry: string): Promise<unknown> {
  return import(new URL(`../../dist/${entry}.js`, import.meta.url).href);
}

export const builtPackage = async (): Promise<Protego> => (await built("index")) as Protego;
export const builtOptions = async (): Promise<typeof options> => (await built("options")) as typeof options;
export const builtStores = async (): Promise<typeof stores> => (await built("redis")) as typeof stores;
