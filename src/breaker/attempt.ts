import { type CallSite, leadTo } from "../runtime/call-site.ts";
import { type AdmittedCall } from "./admitted-call.ts";
import { settleCall } from "./settle-call.ts";
import type { CallKind } from "./call-kind.ts";
import { counted, errorVerdict, failed, succeeded, valueVerdict } from "./conclude-call.ts";
import { type Deadline, timeoutError, type Waiting } from "./deadline.ts";

/** Makes an admitted call: bounds its time, and has what comes of it judged and settled. */
export function attempt<Input, Value>(
  kind: CallKind<Input, Value>,
  input: Input,
  call: AdmittedCall,
  site: CallSite | undefined,
): Promise<Value> {
  const { deadline } = kind;
  let running: Promise<Value>;
  let waiting: Waiting | undefined;
  try {
    running = Promise.resolve(kind.start(input));
    // One that does its own thing when it is waited for may do it where nobody would hand the permit back.
    const started = running;
    if (started.then !== Promise.prototype.then) running = new Promise((resolve) => resolve(started));
  } catch (error) {
    running = Promise.reject(error as Error);
  }
  if (deadline) {
    const started = running;
    running = new Promise((resolve, reject) => {
      started.then(resolve, reject);
      waiting = deadline.wait(reject); // throws where there is no timer to be had
    });
  }
  return running.then(
    (value) => {
      if (waiting) deadline!.stop(waiting);
      const verdict = valueVerdict(kind, input, value);
      if (verdict !== "success" || kind.followUp) return succeeded(kind, input, call, value, verdict);
      settleCall(call, verdict);
      return value;
    },
    (thrown: unknown) => {
      if (waiting) deadline!.stop(waiting);
      const error = deadline && thrown === deadline ? tooLate(kind, input, call, deadline) : thrown;
      if (site) leadTo(site, error);
      const verdict = errorVerdict(kind, input, error);
      if (typeof verdict !== "string" || kind.followUp) return failed(kind, input, call, error, verdict);
      settleCall(call, counted(kind, input, verdict), error);
      throw error;
    },
  );
}

/** Made where the rejection is handled: from there the engine knows the caller's line, from a timer it does not. */
function tooLate<Input>(
  { waitsFor = "", abort }: Pick<CallKind<Input, unknown>, "waitsFor" | "abort">,
  input: Input,
  { breaker }: AdmittedCall,
  deadline: Deadline,
): DOMException {
  const error = timeoutError(`${breaker.name}${waitsFor}`, deadline);
  try {
    abort?.(input, error);
  } catch {
    // What ends a call can be the user's.
  }
  return error;
}
