import { isTrial } from "../core/machine.ts";
import { callIsAlive } from "#request-end";
import { type AdmittedCall } from "./admitted-call.ts";
import { countCall } from "./settle-call.ts";
import type { Breaker } from "./breaker.ts";

/** A stream has delivered: it keeps its place, and as a trial it succeeds if it lives when its lease ends. */
export function streamDelivered(call: AdmittedCall): void {
  const { breaker, permit } = call;
  if (call.isSettled) return;
  call.isStream = true;
  callIsAlive(call);
  if (permit === undefined || !isTrial(permit)) return;
  breaker.passStreams ??= streamsOf(breaker);
  breaker.passStreams(call);
}

/** Streams that live when the lease of their trial ends have passed it. Asked before anybody else is let through. */
function streamsOf(breaker: Breaker): (joining?: object) => void {
  const streams = new Set<AdmittedCall>();
  return (joining) => {
    if (joining) streams.add(joining as AdmittedCall);
    const now = breaker.clock.now();
    for (const call of streams) {
      const { permit } = call;
      const isOver = call.isSettled || permit === undefined || !isTrial(permit);
      if (!isOver && now < permit.deadline) continue;
      streams.delete(call);
      if (isOver) continue;
      countCall(call, "success", now);
      call.permit = undefined;
    }
  };
}
