import type { FleetReply } from "../core/fleet-record.ts";

/** The store went back in time: after so many answers like that its word is taken all the same. */
const staleAnswersToBelieve = 3;

/** What an isolate knows of the fleet's record. It only goes forward. */
export interface FleetKnowledge {
  /** -1 while nothing is known. */
  readonly generation: number;
  /** Held as it is by a command. */
  readonly isForced: boolean;
  /**
   * Takes an answer over, unless it is older than what is known: of a stale replica, or of a store that lost its last
   * writes, which is believed when it insists.
   */
  learn(reply: FleetReply): "stale" | "known" | "new";
  expectForced(isForced: boolean): void;
}

export function createFleetKnowledge(): FleetKnowledge {
  let life = -1;
  let generation = -1;
  let isForced = false;
  let staleAnswers = 0;
  return {
    get generation() {
      return generation;
    },
    get isForced() {
      return isForced;
    },
    learn(reply) {
      const isOlder = reply.life === life && reply.generation < generation;
      staleAnswers = isOlder ? staleAnswers + 1 : 0;
      if (isOlder && staleAnswers < staleAnswersToBelieve) return "stale";
      const isOtherLife = life > 0 && reply.life !== life;
      const isNew = isOtherLife || reply.generation !== generation;
      ({ life, generation, isForced } = reply);
      return isNew ? "new" : "known";
    },
    expectForced(expected) {
      isForced = expected;
    },
  };
}
