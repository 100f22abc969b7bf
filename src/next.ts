export { protectFetch } from "./next/protect-fetch.ts";
export { protectAction } from "./next/protect-action.ts";
export { proxyGuard } from "./next/proxy-guard.ts";
export { revealRefusals } from "./next/reveal-refusals.ts";
export { withProtegoApi } from "./next/with-protego-api.ts";

export type { ActionOptions } from "./next/protect-action.ts";
export type { FetchProtection } from "./next/fetch-protection.ts";
export type { GuardedPath, GuardedRequest } from "./next/proxy-guard.ts";
export type { ApiOptions } from "./next/with-protego-api.ts";
