import { boundedMemory, type BoundedMemory } from "./bounded-memory.ts";
import { variantOf } from "./cache-policy.ts";
import type { KeptAnswer } from "./kept-answer.ts";

/** Answers by their key and by the request headers that chose them. */
export interface AnswerMemory extends BoundedMemory<KeptAnswer> {
  /** In place of an older one for the same requests. */
  keepNewer(answer: KeptAnswer): void;
  /** The last one that a request with these headers would have got. */
  answerFor(key: string, headers: Headers): KeptAnswer | undefined;
  forgetUrl(url: string): void;
}

export function answerMemory(maxEntries: number, maxBytes: number): AnswerMemory {
  const memory = boundedMemory<KeptAnswer>(maxEntries, maxBytes);
  return {
    ...memory,

    keepNewer(answer) {
      const { key, vary, variant, atMs } = answer;
      const before = memory.find(key).find((each) => each.vary === vary && each.variant === variant);
      if (before && before.atMs > atMs) return;
      if (before) memory.forget(before);
      memory.keep(answer);
    },

    answerFor(key, headers) {
      let last: KeptAnswer | undefined;
      for (const each of memory.find(key)) {
        if (each.variant === variantOf(each.vary, headers) && !(last && last.atMs >= each.atMs)) last = each;
      }
      return last;
    },

    forgetUrl(url) {
      for (const answer of memory.entries()) if (answer.asked === url) memory.forget(answer);
    },
  };
}
