import { become } from "../breaker/phase-change.ts";
import { type Breaker, emit, isHeard } from "../breaker/breaker.ts";
import type { SharedCircuit } from "../breaker/shared-circuit.ts";
import type { StoreInUse } from "../breaker/store-in-use.ts";
import { believedReply } from "../core/believed-reply.ts";
import { type FleetReply, type FleetRequest, type OwnRequest, recordLifeMs } from "../core/fleet-record.ts";
import type { FleetRules } from "../core/fleet-rules.ts";
import {
  type DraftRequest,
  type Effect,
  type Member,
  type MemberEvent,
  newMember,
  type Question,
  type View,
} from "../core/member.ts";
import { longestOpeningMs } from "../core/member-follow.ts";
import { invalid } from "../core/option.ts";
import { memberStep } from "../core/member-step.ts";
import { decide } from "../core/member-trials.ts";
import type { OpeningRule } from "../core/opening-rule.ts";
import { epochMs } from "../runtime/clock.ts";
import { sharesWork, tellOnce } from "../runtime/environment.ts";
import { fleetRequest } from "./fleet-request.ts";
import type { GuardedStore } from "./guarded-store.ts";
import type { Identity } from "./isolate-identity.ts";
import { later, within } from "./within.ts";

export interface MemberParts {
  readonly store: GuardedStore;
  readonly rules: FleetRules;
  readonly random: () => number;
  readonly identity: Identity;
  /** Keeps the isolate alive until a promise settles, where the platform can. */
  readonly keepAlive: (promise: Promise<unknown>) => void;
  /** The store itself, for people. */
  readonly inUse?: StoreInUse;
}

/** Makes a breaker a member of its fleet: evidence goes out with failures, verdicts come back. `memberStep` decides. */
export function joinFleet(
  breaker: Breaker,
  { store: guarded, rules, random, identity, keepAlive, inUse }: MemberParts,
): SharedCircuit {
  tellOfRule(breaker.policy.opensOn, rules.quorum);
  const store = guarded.for(breaker.name);
  let member: Member = newMember;
  let wasDegraded = false;
  /** Answers that a call may wait for, by the number of their question. */
  const expected = new Map<number, Promise<unknown>>();

  function view(): View {
    const { phase, policy, inFlight, clock } = breaker;
    return {
      phase,
      policy,
      rules,
      inFlight,
      isFar: guarded.isFar(),
      now: clock.now(),
      random: random(),
      get token() {
        return identity.token();
      },
    };
  }

  /** What it starts: each promise settles when all that follows from it is done. */
  function dispatch(event: MemberEvent): Promise<unknown>[] {
    if (breaker.retired && member.relation.is !== "ended") {
      const end = memberStep(member, { type: "ended" }, view());
      member = end.member;
      return [...carryOut(end.effects), ...dispatch(event)];
    }
    const turn = memberStep(member, event, view());
    member = turn.member;
    return carryOut(turn.effects);
  }

  function carryOut(effects: readonly Effect[]): Promise<unknown>[] {
    const started: Promise<unknown>[] = [];
    for (const effect of effects) {
      if (effect.type === "become") become(breaker, effect.phase, effect.reason);
      else if (effect.type === "ask") started.push(ask(effect.question));
      else if (effect.type === "keep") {
        const { token } = effect;
        started.push(later(effect.ms).then(() => Promise.all(dispatch({ type: "elapsed", token }))));
      }
    }
    return started;
  }

  function requestOf(own: OwnRequest, openMs?: number): FleetRequest {
    return fleetRequest(own, breaker.policy, rules, member.retryAfterMs, random, identity.token(), openMs);
  }

  function ask(question: Question): Promise<unknown> {
    const request = requestOf(complete(question.request), question.openMs);
    const late = (reply: FleetReply): void => inBackground(dispatch({ type: "answered", question, reply }));
    const heard = store.ask(request, late).then((reply) => {
      expected.delete(question.number);
      tellOfStore();
      const isLost = store.isLost();
      return dispatch(
        reply ? { type: "answered", question, reply } : { type: "unanswered", question, isLost },
      );
    });
    expected.set(question.number, heard);
    // Where a request takes its promises along when it ends, this one never settles.
    if (expected.size > 16) expected.delete(expected.keys().next().value!);
    return heard.then((started) => Promise.all(started));
  }

  function complete(draft: DraftRequest): OwnRequest {
    if (draft.type !== "report") return draft;
    return { ...draft, reporter: identity.reporter, sequence: identity.sequence() };
  }

  function tellOfStore(): void {
    const isDegraded = store.isDegraded();
    if (isDegraded !== wasDegraded && isHeard(breaker)) {
      emit(breaker, { type: isDegraded ? "store.failed" : "store.recovered", circuit: breaker.name });
    }
    wasDegraded = isDegraded;
  }

  function inBackground(started: Promise<unknown>[]): void {
    if (started.length > 0) keepAlive(Promise.all(started));
  }

  return {
    beforeCall(mayWait, leaseMs) {
      const event = { type: "call", mayWait, sharesWork: sharesWork(), leaseMs } as const;
      const turn = memberStep(member, event, view());
      member = turn.member;
      const started = carryOut(turn.effects);
      // What a prerender asks may end with it.
      if (mayWait || member.relation.is !== "joining") inBackground(started);
      const wait = turn.effects.find((effect) => effect.type === "wait");
      const heard = wait && expected.get(wait.number);
      return heard && within(wait.ms, heard);
    },
    admit(leaseMs) {
      const { turn, decision } = decide(member, view(), leaseMs);
      member = turn.member;
      inBackground(carryOut(turn.effects));
      return decision;
    },
    afterCall(call) {
      inBackground(dispatch({ type: "settled", ...call }));
    },
    command(command, isForced = false, by, forMs) {
      const lastsMs = forMs === Infinity ? undefined : forMs;
      inBackground(dispatch({ type: "commanded", command, isForced, lastsMs }));
      const given = {
        type: command,
        isForced: isForced && lastsMs === undefined,
        by,
        why: undefined,
        at: epochMs(),
      };
      const noted = inUse?.store.note?.({ about: "circuit", circuit: breaker.name, command: given });
      if (noted) keepAlive(noted);
    },
    told(reply) {
      try {
        const believed = believedReply(reply, requestOf({ type: "read" }));
        inBackground(dispatch({ type: "told", reply: believed }));
      } catch {
        // No word is as good as one that cannot be believed.
      }
    },
    checkLength(lastsMs = 0, isClosing = false) {
      const longest = isClosing ? recordLifeMs : longestOpeningMs(breaker.policy);
      if (lastsMs === Infinity || lastsMs <= longest) return;
      throw invalid(
        "for",
        lastsMs,
        `at most ${longest} milliseconds in a shared circuit${isClosing ? "" : "; raise maxRetryAfter for more"}`,
      );
    },
    inUse,
    isDegraded: () => store.isDegraded(),
    isForced: () => member.known.isForced,
  };
}

/** Whoever gives a rule of calls in a window shall know that the window is each isolate's own. */
function tellOfRule({ kind, inARow }: OpeningRule, quorum: number): void {
  if (kind === "consecutive-failures") return;
  const together = inARow === undefined ? "" : " Failures in a row are counted together.";
  tellOnce(
    () =>
      `[rule-not-shared] each isolate counts for itself by the rule ${kind}; the fleet opens when ${quorum} have opened by it.${together}`,
  );
}
