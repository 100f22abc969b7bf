import { upstashStore } from "next-protego/upstash";

/** Shares circuits between the regions and their edge functions. Without Upstash each isolate is on its own. */
export const store = process.env.UPSTASH_REDIS_REST_URL
  ? // Long-lived servers can afford to look every second; so a visitor sees at once what was done elsewhere.
    upstashStore({ heartbeat: "1s", label: process.env.REGION })
  : undefined;
