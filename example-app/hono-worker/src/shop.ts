import { env, waitUntil } from "cloudflare:workers";
import { createProtectedFetch } from "next-protego";
import { shareStore } from "next-protego/store";
import { durableObjectStore } from "./circuit-object.ts";

/** All isolates share its circuit: what opens or closes it is kept by a Durable Object. */
export const shopFetch = createProtectedFetch({
  name: "shop",
  timeout: "2s",
  // Shorter than the default of a minute, so that a visitor sees the recovery.
  resetTimeout: "3s",
  store: shareStore(durableObjectStore(env.CIRCUITS), { waitUntil, heartbeat: "1s", maxWait: "500ms" }),
});
