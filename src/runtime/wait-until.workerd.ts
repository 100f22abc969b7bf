/** @ts-ignore: the module exists in workerd only; the `workerd` condition of package.json's `imports` leads here. */
import * as workers from "cloudflare:workers";

/** The `waitUntil` of the request under way, which throws outside of one. Older versions of workerd have none. */
export const waitUntil = Reflect.get(workers, "waitUntil") as
  | ((promise: Promise<unknown>) => void)
  | undefined;
