import type { FleetReply } from "./fleet-record.ts";

/** The store went back in time: after so many answers like that its word is taken all the same. */
const staleAnswersToBelieve = 3;

/** What an isolate knows of the fleet's record. It only goes forward. */
export interface Knowledge {
  readonly life: number;
  /** -1 while nothing is known. */
  readonly generation: number;
  /** Held as it is by a command. */
  readonly isForced: boolean;
  readonly staleAnswers: number;
}

export type News = "stale" | "known" | "new";

export const knowsNothing: Knowledge = { life: -1, generation: -1, isForced: false, staleAnswers: 0 };

/**
 * Takes an answer over, unless it is older than what is known: of a stale replica, or of a store that lost its last
 * writes, which is believed when it insists.
 */
export function learn(
  known: Knowledge,
  { life, generation, isForced }: FleetReply,
): { readonly known: Knowledge; readonly news: News } {
  const isOlder = life === known.life && generation < known.generation;
  const staleAnswers = isOlder ? known.staleAnswers + 1 : 0;
  if (isOlder && staleAnswers < staleAnswersToBelieve) {
    return { known: { ...known, staleAnswers }, news: "stale" };
  }
  const isOtherLife = known.life > 0 && life !== known.life;
  const isNew = isOtherLife || generation !== known.generation;
  return { known: { life, generation, isForced, staleAnswers: 0 }, news: isNew ? "new" : "known" };
}
