import { longAgo } from "./duration.ts";
import type { FleetReply } from "./fleet-record.ts";
import { follow } from "./member-follow.ts";
import type { DraftRequest, Leave, Member, MemberEvent, Question, Turn, View } from "./member.ts";
import { noWish, poolsFailures } from "./member.ts";
import { expectSample, heard, lost, wasSample } from "./member-evidence.ts";
import { asksForNext } from "./member-ahead.ts";
import { givesBack, goesAlone, holds, isRunning, wishing, withWish } from "./member-trials.ts";
import { knowsNotOf, tellsAgain } from "./member-commands.ts";
import { refusesCalls } from "./member-lost.ts";
import { confirms, reports } from "./member-outcomes.ts";
import { asks, stays, followedBy } from "./member-turn.ts";
import { afterSilenceMs, refusedMs } from "./trial-pace.ts";

type Answer = Extract<MemberEvent, { readonly type: "answered" }>;
type Silence = Extract<MemberEvent, { readonly type: "unanswered" }>;

export function answered(before: Member, { question, reply }: Answer, view: View): Turn {
  const { number, why } = question;
  const { life, generation } = before.known;
  const isNews = reply.life !== life || reply.generation > generation;
  const again = why === "command" ? tellsAgain(before, number, reply, view) : undefined;
  if (again) return again;
  // Of the same generation a later answer knows better. A grant is heard in any case: somebody has to give it back.
  if (number < before.answered && !isNews && !reply.isGranted) return unheard(before, question, view);
  const leave = leaveOf(question, reply);
  if (before.commanded && knowsNotOf(before.commanded, { question, reply, isNews }, view)) {
    return leave ? refuses(before, leave, question, view) : unheard(before, question, view);
  }
  const isObeyed = number === before.commanded?.number;
  const member: Member = {
    ...before,
    answered: Math.max(before.answered, number),
    commanded: isObeyed ? undefined : before.commanded,
  };
  switch (why) {
    case "join":
      return joined(member, leave, reply, question, view);
    case "trial":
      return leave
        ? granted(member, leave, reply, question, view)
        : notGranted(member, reply, question, view);
    case "confirm":
      return leave
        ? asks(member, "settle", { type: "settle", ...leave, verdict: "success" }, view)
        : follow(member, reply, view);
    case "report": {
      const heardOf = {
        ...member,
        reportsUntil: -Infinity,
        evidence: heard(member.evidence, reply.isSuspect),
      };
      const followed = follow(heardOf, reply, view, true);
      // What was seen while the report was on its way.
      return reply.state === "closed" ? followedBy(followed, reports, view) : followed;
    }
    case "settle":
    case "settle again":
      return isSuccess(question)
        ? followedBy(follow(member, reply, view), asksForNext, view)
        : follow(member, reply, view, true);
    case "command":
      return follow(member, reply, view, true);
    case "look":
      return follow(member, reply, view);
  }
}

/** A place that is not wanted goes back; what goes back is never asked for again. */
function refuses(before: Member, leave: Leave, question: Question, view: View): Turn {
  return followedBy(
    unheard(before, question, view),
    (member, after) => {
      const trial = wishing(member.relation)?.trial;
      const isMine = trial?.is === "none" && trial.token === leave.token;
      return givesBack(isMine ? withoutToken(member) : member, leave, after);
    },
    view,
  );
}

function isSuccess({ request }: Question): boolean {
  return request.type === "settle" && request.verdict === "success";
}

/** No answer. One lost message makes nobody go his own way: only a store that is lost does. */
export function unanswered(before: Member, { question, isLost }: Silence, view: View): Turn {
  const { why, request } = question;
  const { member, effects } = unheard(before, question, view);
  if (isLost && view.rules.whenLost === "refuse" && why !== "command") {
    return refusesCalls(member, view);
  }
  if (isLost) {
    return wishing(member.relation) || member.relation.is === "joining" || why === "join"
      ? goesAlone(member, "lost", view)
      : { member, effects };
  }
  return why === "settle" ? asks(member, "settle again", request, view) : { member, effects };
}

/** Nobody waits for this answer any more. */
function unheard(member: Member, { why, number }: Question, view: View): Turn {
  const { now, phase } = view;
  const { relation } = member;
  switch (why) {
    case "report":
      return stays({ ...member, reportsUntil: -Infinity, evidence: lost(member.evidence) });
    case "join":
      if (relation.is !== "joining") return stays(member);
      return stays({
        ...member,
        relation: phase.state === "closed" ? { is: "closed" } : { is: "alone", trial: noWish },
      });
    case "trial": {
      const trial = wishing(relation)?.trial;
      if (trial?.is !== "asked" || trial.number !== number) return stays(member);
      return stays(withWish(member, { is: "none", askAt: now + afterSilenceMs(view), token: trial.token }));
    }
    case "command":
      // Where the fleet stands is not known: the next call asks.
      return stays(
        member.commanded?.number === number ? { ...member, commanded: undefined, askedAt: longAgo } : member,
      );
    case "look":
    case "confirm":
    case "settle":
    case "settle again":
      return stays(member);
  }
}

function leaveOf({ request }: Question, { isGranted, generation }: FleetReply): Leave | undefined {
  return isGranted && request.type === "lease" ? { token: request.token, generation } : undefined;
}

function leaseOf(request: DraftRequest): number {
  return request.type === "lease" ? request.leaseMs : 0;
}

/** The first look has an answer: in time for the call that waits for it, or after the call has gone out. */
function joined(
  before: Member,
  leave: Leave | undefined,
  reply: FleetReply,
  { request, askedAt }: Question,
  view: View,
): Turn {
  const { now, inFlight, phase, rules } = view;
  const joining = before.relation.is === "joining" ? before.relation : undefined;
  const followed = follow(before, reply, view);
  const { relation } = followed.member;
  if (leave) {
    const isUsable = relation.is === "follows" && relation.trial.is === "none";
    return followedBy(
      followed,
      (member, after) => {
        if (!isUsable || !joining) return givesBack(member, leave, after);
        // The call that asked has told already what a trial would.
        if (joining.saw) {
          const verdict = joining.saw === "success" ? "success" : "failure";
          return asks(member, "settle", { type: "settle", ...leave, verdict }, after);
        }
        const until = askedAt + rules.storeTimeoutMs;
        if (now < joining.until) return holds(member, { leave, leaseMs: leaseOf(request), until }, after);
        if (inFlight > 0) return stays({ ...member, rider: { ...leave, phase: phase.generation } });
        return givesBack(member, leave, after);
      },
      view,
    );
  }
  const saw = joining?.saw;
  if (reply.state === "half-open" && request.type === "read" && saw === "success") {
    return followedBy(followed, (member, after) => confirms(member, after), view);
  }
  if (!reply.isSuspect || !poolsFailures(view.policy)) return followed;
  return followedBy(
    followed,
    (member, after) =>
      saw
        ? reports(
            { ...member, evidence: wasSample(member.evidence, saw === "failure" ? saw : "success") },
            after,
          )
        : stays({ ...member, evidence: expectSample(member.evidence, true) }),
    view,
  );
}

/** A place for a trial: it waits for its call. */
function granted(before: Member, leave: Leave, reply: FleetReply, question: Question, view: View): Turn {
  const { request, askedAt } = question;
  const { token } = leave;
  const held = wishing(before.relation)?.trial;
  // Asked twice, answered twice: it is the same place.
  if (isRunning(before, view, token) || (held?.is === "granted" && held.leave.token === token)) {
    return stays(before);
  }
  const isMine = held?.is === "asked" && held.token === token;
  // What goes back is never asked for again: the one could overtake the other.
  const isOver = isMine || (held?.is === "none" && held.token === token);
  const aheadMs = request.type === "lease" ? (request.aheadMs ?? 0) : 0;
  const until = askedAt + aheadMs + view.rules.storeTimeoutMs;
  const grant = { leave, leaseMs: leaseOf(request), until };
  if (reply.state === "closed") {
    const isStillAlone = isMine && before.relation.is === "alone" && view.now < until;
    const followed = follow(before, reply, view);
    const isKept = isStillAlone && followed.member.relation.is === "alone";
    return followedBy(
      followed,
      (member, after) =>
        isKept
          ? holds(member, grant, after)
          : givesBack(isOver ? withoutToken(member) : member, leave, after),
      view,
    );
  }
  const followed = follow(before, reply, view);
  const { relation } = followed.member;
  const isHeard = relation.is === "follows" && followed.member.known.generation === reply.generation;
  return followedBy(
    followed,
    (member, after) =>
      isMine && isHeard && view.now < until
        ? holds(member, grant, after)
        : givesBack(isOver ? withoutToken(member) : member, leave, after),
    view,
  );
}

function withoutToken(member: Member): Member {
  const trial = wishing(member.relation)?.trial;
  const askAt = trial?.is === "none" ? trial.askAt : -Infinity;
  return withWish(member, { is: "none", askAt, token: undefined });
}

/** The places are taken, or there is no need of trials. */
function notGranted(before: Member, reply: FleetReply, question: Question, view: View): Turn {
  const { askedAt, number } = question;
  const askAt = Math.max(view.now, askedAt + refusedMs(before.leaseMs, reply, view));
  return followedBy(
    follow(before, reply, view),
    (member) => {
      const trial = wishing(member.relation)?.trial;
      const isWaiting = trial?.is === "asked" && trial.number === number;
      return stays(isWaiting ? withWish(member, { is: "none", askAt, token: undefined }) : member);
    },
    view,
  );
}
