import type { FleetReply, FleetRequest, OwnRequest } from "../../src/core/fleet-record.ts";
import { admit, closed, halfOpened, opened, settle } from "../../src/core/machine.ts";
import { isRefusal } from "../../src/core/refusal.ts";
import {
  type Effect,
  type FleetTrial,
  type MemberEvent,
  newMember,
  type Question,
  type View,
} from "../../src/core/member.ts";
import type { Phase } from "../../src/core/phase.ts";
import { fleetRequest } from "../../src/sharing/fleet-request.ts";
import type { Machine } from "./machine.ts";
import { type Call, type Isolate, type Message, tickMs, type World } from "./world.ts";

const errorsToRest = 3;
const restMs = 2000;
const longestRestMs = 60_000;

/** What the shell does around the member, and the store around its step: on a draft of the world. */
export class Play {
  readonly world: World;
  readonly machine: Machine;

  constructor(world: World, machine: Machine) {
    this.world = world;
    this.machine = machine;
  }

  at(index: number): Isolate {
    return this.world.isolates[index]!;
  }

  #view(isolate: Isolate, phase: Phase): View {
    const inFlight = isolate.calls.filter(({ permit }) => permit).length;
    const token = (): number => {
      isolate.count++;
      return isolate.reporter * 1000 + isolate.count;
    };
    return {
      phase,
      policy: isolate.policy,
      rules: isolate.rules,
      inFlight,
      isFar: isolate.isFar,
      now: this.world.now,
      random: 0.5,
      get token() {
        return token();
      },
    };
  }

  tell(index: number, event: MemberEvent): readonly Effect[] {
    const isolate = this.at(index);
    const before = isolate.member;
    const { member, effects } = this.machine.memberStep(before, event, this.#view(isolate, isolate.phase));
    isolate.member = member;
    this.#promiseOf(before.known, member.known, isolate);
    const { commanded } = member;
    const disobeys = (phase: Phase): boolean =>
      (phase.state === "closed") !== (commanded?.given.command === "close");
    const isMoved = effects.some((effect) => effect.type === "become" && disobeys(effect.phase));
    if (commanded && isMoved) this.breaks(`${isolate.name} did not do as it was told`);
    for (const effect of effects) {
      if (effect.type === "become") isolate.phase = effect.phase;
      else if (effect.type === "ask") this.#send(index, effect.question, false);
      else if (effect.type === "keep") {
        isolate.timers.push({ at: this.world.now + effect.ms, token: effect.token });
      }
    }
    return effects;
  }

  /** A circuit that the registry has forgotten hears what is still on its way to it. */
  tellFormer(index: number, event: MemberEvent): void {
    const isolate = this.at(index);
    const former = isolate.former;
    if (!former) return;
    const ended = this.machine.memberStep(former.member, event, this.#view(isolate, isolate.phase));
    isolate.former = { ...former, member: ended.member };
    for (const effect of ended.effects) {
      const isOwed = effect.type === "ask" && effect.question.request.type === "settle";
      if (!isOwed) this.breaks(`${isolate.name} did something after its end: ${effect.type}`);
      else this.#send(index, effect.question, true);
    }
  }

  #promiseOf(
    before: { life: number; generation: number; staleAnswers: number },
    after: { life: number; generation: number },
    { name }: Isolate,
  ): void {
    const wentBack = before.life === after.life && after.generation < before.generation;
    if (wentBack && before.staleAnswers < 2) this.breaks(`the generation that ${name} knows went back`);
  }

  #send(index: number, question: Question, isFormer: boolean): void {
    const isolate = this.at(index);
    const { now } = this.world;
    const isResting = isolate.errors >= errorsToRest && now < isolate.restsUntil;
    if (isResting) {
      if (!isFormer) this.tell(index, { type: "unanswered", question, isLost: true });
      return;
    }
    const own: OwnRequest =
      question.request.type === "report"
        ? { ...question.request, reporter: isolate.reporter, sequence: ++isolate.count }
        : question.request;
    const request = fleetRequest(
      own,
      isolate.policy,
      isolate.rules,
      undefined,
      () => 0.5,
      64 + isolate.reporter,
    );
    const arrivesAt = now + isolate.distance * tickMs;
    this.world.messages.push({
      from: index,
      isFormer,
      question,
      request,
      reply: undefined,
      arrivesAt,
      isLate: false,
    });
    if (!isFormer) isolate.open.push({ question, until: now + isolate.rules.storeTimeoutMs });
  }

  /** The store carries out a request, or an isolate hears an answer. */
  deliver(message: Message): void {
    const { world } = this;
    if (!message.reply) {
      const { version, distance } = this.at(message.from);
      const arrivesAt = world.now + distance * tickMs;
      if (message.fault) {
        this.#fails(message);
        return;
      }
      const isNewer = world.record !== undefined && world.version > version;
      if (isNewer || !world.isStoreUp) {
        const fault = world.isStoreUp ? "newer" : "down";
        world.messages.push({ ...message, fault, arrivesAt, isLate: false });
        return;
      }
      const before = world.record?.generation;
      const reply = this.#step(message.request, version);
      this.#promiseOfOrder(this.at(message.from), message.question, before, reply);
      this.#push(before, message.request);
      world.messages.push({ ...message, reply, arrivesAt, isLate: false });
      return;
    }
    const isolate = this.at(message.from);
    if (isolate.isGone) return;
    const { question, reply } = message;
    const event = { type: "answered", question, reply } as const;
    if (message.isPush) {
      this.tell(message.from, { type: "told", reply });
      return;
    }
    if (message.isFormer) {
      this.tellFormer(message.from, event);
      return;
    }
    const isAwaited = isolate.open.some((each) => each.question === question);
    // Its patience is over: the shell has said so, and hears no more of it but that something was granted.
    if (!isAwaited) {
      if (reply.isGranted) this.tell(message.from, event);
      return;
    }
    isolate.open = isolate.open.filter((each) => each.question !== question);
    isolate.errors = 0;
    this.tell(message.from, event);
    this.#wake(message.from, question.number);
  }

  /** An error instead of an answer. A record that a newer version has written is lost for long. */
  #fails({ from, isFormer, question, fault }: Message): void {
    const isolate = this.at(from);
    if (isolate.isGone || isFormer || !isolate.open.some((each) => each.question === question)) return;
    isolate.open = isolate.open.filter((each) => each.question !== question);
    isolate.errors = fault === "newer" ? errorsToRest : isolate.errors + 1;
    const isLost = isolate.errors >= errorsToRest;
    if (isLost) isolate.restsUntil = this.world.now + (fault === "newer" ? longestRestMs : restMs);
    this.tell(from, { type: "unanswered", question, isLost });
    this.#wake(from, question.number);
  }

  /** Everybody is told of a new generation. */
  #push(before: number | undefined, request: FleetRequest): void {
    const { record, pushes, isolates, now, messages } = this.world;
    if (!pushes || !record || record.generation === (before ?? 0)) return;
    const { reply } = this.machine.fleetStep(record, { ...request, type: "read" }, 0);
    const question = { number: 0, why: "look", request: { type: "read" }, askedAt: now } as const;
    isolates.forEach(({ isGone, distance }, from) => {
      const arrivesAt = now + distance * tickMs;
      const message = { from, isFormer: false, question, request, reply, arrivesAt, isLate: false };
      if (!isGone) messages.push({ ...message, isPush: true });
    });
  }

  #promiseOfOrder(
    isolate: Isolate,
    { why, number }: Question,
    before: number | undefined,
    { generation }: FleetReply,
  ): void {
    if (why !== "command" || generation === (before ?? 0)) return;
    if (number < isolate.obeyed) this.breaks(`two commands of ${isolate.name} have changed places`);
    isolate.obeyed = number;
  }

  #step(request: FleetRequest, version: number) {
    const { world } = this;
    const before = world.record;
    const { record, reply } = this.machine.fleetStep(
      before,
      request,
      before ? world.now - world.writtenAt : 0,
    );
    if (record) {
      if (before && record.life === before.life && record.generation < before.generation) {
        this.breaks("the generation of the record went back");
      }
      world.record = record;
      world.writtenAt = world.now;
      world.version = version;
    }
    return reply;
  }

  command(command: "open" | "close" | "half-open", index: number, isForced = false): void {
    const isolate = this.at(index);
    const { phase, policy } = isolate;
    const next = phase.generation + 1;
    const { now } = this.world;
    if (command === "open") {
      const after = opened(next, policy, now);
      isolate.phase = isForced ? { ...after, until: Infinity } : after;
    } else if (command === "close") {
      const after = closed(next, policy, now);
      isolate.phase = isForced ? { ...after, heldUntil: Infinity } : after;
    } else isolate.phase = halfOpened(next);
    this.tell(index, { type: "commanded", command, isForced });
  }

  call(index: number, id: number): void {
    const isolate = this.at(index);
    const effects = this.tell(index, {
      type: "call",
      mayWait: isolate.mayWait,
      sharesWork: true,
      leaseMs: isolate.policy.trialLeaseMs,
    });
    const wait = isolate.mayWait && effects.find((effect) => effect.type === "wait");
    // Where the store is left alone, the answer is there at once.
    const isPending = wait && isolate.open.some(({ question }) => question.number === wait.number);
    if (wait && isPending) {
      isolate.calls.push({
        id,
        waitsFor: wait.number,
        until: this.world.now + wait.ms,
        permit: undefined,
        since: this.world.now,
      });
    } else this.#admit(index, id);
  }

  #wake(index: number, number: number): void {
    for (const call of this.at(index).calls.filter(({ waitsFor }) => waitsFor === number))
      this.#resume(index, call);
  }

  #resume(index: number, call: Call): void {
    const isolate = this.at(index);
    isolate.calls = isolate.calls.filter((each) => each !== call);
    this.#admit(index, call.id);
  }

  #admit(index: number, id: number): void {
    const isolate = this.at(index);
    const since = this.world.now;
    const mayCall = isolate.rules.whenLost !== "refuse" || isolate.errors < errorsToRest;
    const calls = isolate.calls.length;
    this.#decides(isolate, id, since);
    if (!mayCall && isolate.calls.length > calls) this.breaks(`${isolate.name} calls without the store`);
  }

  #decides(isolate: Isolate, id: number, since: number): void {
    const until = since + isolate.policy.timeoutMs;
    if (isolate.phase.state === "closed") {
      isolate.calls.push({ id, waitsFor: undefined, until, permit: isolate.phase, since });
      return;
    }
    const { turn, decision } = this.machine.decide(
      isolate.member,
      this.#view(isolate, isolate.phase),
      isolate.policy.trialLeaseMs,
    );
    isolate.member = turn.member;
    for (const effect of turn.effects) if (effect.type === "become") isolate.phase = effect.phase;
    const admission = decision ? undefined : admit(isolate.phase, isolate.policy, this.world.now);
    if (admission) isolate.phase = admission.phase;
    const decided = decision ?? admission!.decision;
    if (isRefusal(decided)) return;
    isolate.calls.push({ id, waitsFor: undefined, until, permit: decided, since });
  }

  end(index: number, call: Call, verdict: "success" | "failure" | "ignored"): void {
    const isolate = this.at(index);
    isolate.calls = isolate.calls.filter((each) => each !== call);
    const permit = call.permit!;
    const before = isolate.phase;
    isolate.phase = settle(before, permit, verdict, isolate.policy, this.world.now);
    if (
      isolate.member.relation.is === "follows" &&
      before.state !== "closed" &&
      isolate.phase.state === "closed"
    ) {
      this.breaks(`${isolate.name} closed without the fleet's word`);
    }
    const isCurrent = permit.generation === before.generation;
    const { leave, grant } = permit as Partial<FleetTrial>;
    this.tell(index, {
      type: "settled",
      permit: leave ? { generation: permit.generation, leave, grant } : { generation: permit.generation },
      verdict,
      isCurrent,
      durationMs: isolate.suspects ? Math.max(this.world.now - call.since, 1) : 0,
      retryAfterMs: undefined,
    });
  }

  /** The registry forgets the circuit, and makes another of the same name. */
  evict(index: number): void {
    const isolate = this.at(index);
    const former = this.machine.memberStep(
      isolate.member,
      { type: "ended" },
      this.#view(isolate, isolate.phase),
    );
    isolate.former = { member: former.member, calls: isolate.calls };
    for (const effect of former.effects) if (effect.type === "ask") this.#send(index, effect.question, true);
    this.world.messages = this.world.messages.map((each) =>
      each.from === index ? { ...each, isFormer: true } : each,
    );
    if (this.machine.isIdentityOfCircuit) isolate.reporter += 10;
    isolate.member = newMember;
    isolate.phase = closed(0, isolate.policy, this.world.now);
    isolate.calls = [];
    isolate.open = [];
    isolate.timers = [];
  }

  /** One step of time: what is due in it happens. */
  tick(): void {
    const { world } = this;
    world.now += tickMs;
    world.isolates.forEach((each, index) => {
      if (!each.isFrozen && !each.isGone) this.catchUp(index);
    });
  }

  /** Timers that are due run; calls that have waited or run for long enough go on, or are cut off. */
  catchUp(index: number): void {
    const isolate = this.at(index);
    const { now } = this.world;
    for (const timer of isolate.timers.filter(({ at }) => at <= now)) {
      isolate.timers = isolate.timers.filter((each) => each !== timer);
      this.tell(index, { type: "elapsed", token: timer.token });
    }
    for (const silent of isolate.open.filter(({ until }) => until <= now)) {
      const number = silent.question.number;
      const waiting = isolate.open.length;
      isolate.open = isolate.open.filter((each) => each !== silent);
      isolate.errors =
        waiting >= errorsToRest ? Math.max(isolate.errors + 1, errorsToRest) : isolate.errors + 1;
      const isLost = isolate.errors >= errorsToRest;
      if (isLost) isolate.restsUntil = now + restMs;
      this.tell(index, { type: "unanswered", question: silent.question, isLost });
      this.#wake(index, number);
    }
    for (const call of isolate.calls.filter(({ until }) => until <= now)) {
      if (!isolate.calls.includes(call)) continue;
      const isAnswered = this.world.isUp && !isolate.isCutOff;
      if (call.permit) this.end(index, call, isAnswered ? "success" : "failure");
      else this.#resume(index, call);
    }
  }

  breaks(promise: string): void {
    this.world.broken ??= promise;
  }
}
