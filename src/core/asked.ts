/**
 * A function of the user's that is asked in the middle of a call. It may throw, and it may be async by mistake: then
 * the answer is the other one, and a rejection that nobody waits for ends no process.
 */
export function asked<Args extends readonly unknown[], Answer>(
  ask: (...args: Args) => Answer,
  instead: Answer,
): (...args: Args) => Answer {
  return (...args) => {
    try {
      const answer = ask(...args);
      if (typeof answer !== "object" || !isThenable(answer)) return answer;
      answer.then(undefined, () => {});
    } catch {
      // Answered below.
    }
    return instead;
  };
}

function isThenable(answer: object | null): answer is PromiseLike<unknown> {
  return typeof (answer as Partial<PromiseLike<unknown>> | null)?.then === "function";
}
