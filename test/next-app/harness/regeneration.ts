import { setTimeout as pause } from "node:timers/promises";
import type { App } from "./app.ts";

/**
 * Asks until Next has regenerated a page that revalidates every second, or has tried to: until `tried` holds.
 * The time belongs to Next here and cannot be injected.
 */
export async function regenerate(
  app: App,
  path: string,
  tried: () => boolean | Promise<boolean>,
): Promise<string> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const response = await app.get(path);
    const text = await response.text();
    if (response.status >= 400) throw new Error(`${path}: HTTP ${response.status} ${text.slice(0, 200)}`);
    if (await tried()) return (await app.get(path)).text();
    if (performance.now() > deadline) throw new Error(`${path} was not regenerated: ${app.server.log()}`);
    await pause(150);
  }
}
