/**
 * What there is to know of fetch where Next has patched it, and of the renders that it is called in. The import
 * `#next-fetch` leads here wherever Next can be: its own bundles, edges of its kind, and Node, which loads what Next leaves
 * outside of its bundles.
 */
export { callInPrerender } from "./call-in-prerender.ts";
export { cachedResponse, isCacheHit } from "./data-cache.ts";
export { firstInRender } from "./deduplication.ts";
export { isSandbox, noteSentOut, wasSentOut } from "./sandboxed-hit.ts";
export { isRender, mayHang } from "../runtime/render-scope.ts";
