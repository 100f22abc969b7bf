import { boundedMemory, type BoundedMemory } from "./bounded-memory.ts";
import { variantOf } from "./cache-policy.ts";
import type { KeptResponse } from "./kept-response.ts";

/** Answers by their key and by the request headers that chose them. */
export interface ResponseMemory extends BoundedMemory<KeptResponse> {
  /** In place of an older one for the same requests. */
  keepNewer(kept: KeptResponse): void;
  /** The last one that a request with these headers would have got. */
  responseFor(key: string, headers: Headers): KeptResponse | undefined;
  forgetUrl(url: string): void;
}

export function responseMemory(maxEntries: number, maxBytes: number): ResponseMemory {
  const memory = boundedMemory<KeptResponse>(maxEntries, maxBytes);
  return {
    ...memory,

    keepNewer(kept) {
      const { key, vary, variant, atMs } = kept;
      const before = memory.find(key).find((each) => each.vary === vary && each.variant === variant);
      if (before && before.atMs > atMs) return;
      if (before) memory.forget(before);
      memory.keep(kept);
    },

    responseFor(key, headers) {
      let last: KeptResponse | undefined;
      for (const each of memory.find(key)) {
        if (each.variant === variantOf(each.vary, headers) && !(last && last.atMs >= each.atMs)) last = each;
      }
      return last;
    },

    forgetUrl(url) {
      for (const kept of memory.entries()) if (kept.asked === url) memory.forget(kept);
    },
  };
}
