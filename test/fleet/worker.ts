import type { Miniflare } from "miniflare";
import { worker, workersConditions } from "../runtimes/in-workerd.ts";

/** One isolate of workerd whose calls go through a shared circuit. */
export interface WorkerIsolate {
  call(): Promise<{ status?: number; refused?: boolean }>;
  stop(): Promise<void>;
}

export async function startWorker(settings: {
  upstream: string;
  url: string;
  token: string;
}): Promise<WorkerIsolate> {
  const script = `
    import { Redis } from "@upstash/redis/cloudflare";
    import { createProtectedFetch, isCircuitOpenError } from "next-protego";
    import { upstashStore } from "next-protego/upstash";
    let shopFetch;
    export default {
      async fetch(request) {
        shopFetch ??= createProtectedFetch({
          name: "shop",
          timeout: "2s",
          resetTimeout: "3s",
          halfOpenRetries: 2,
          store: upstashStore({
            redis: new Redis({ url: ${JSON.stringify(settings.url)}, token: ${JSON.stringify(settings.token)} }),
            heartbeat: "500ms",
          }),
        });
        try {
          const response = await shopFetch(${JSON.stringify(`${settings.upstream}/shop`)});
          await response.text();
          return Response.json({ status: response.status });
        } catch (error) {
          return Response.json({ refused: isCircuitOpenError(error), error: error.name });
        }
      },
    };
  `;
  const miniflare: Miniflare = await worker(script, { conditions: workersConditions });
  return {
    call: async () => {
      const response = await miniflare.dispatchFetch("http://worker/");
      return (await response.json()) as { status?: number; refused?: boolean };
    },
    stop: () => miniflare.dispose(),
  };
}
