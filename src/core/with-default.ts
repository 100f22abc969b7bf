/**
 * A function of the user's that is asked in the middle of a call. It may throw, and it may be async by mistake: then
 * the other one is the answer, and a rejection that nobody waits for ends no process.
 */
export function withDefault<Args extends readonly unknown[], Answer>(
  ask: (...args: Args) => Answer,
  instead: Answer,
): (...args: Args) => Answer {
  return (...args) => {
    try {
      const returned = ask(...args);
      if (typeof returned !== "object" || returned === null || !("then" in returned)) return returned;
      // By a promise of our own: theirs may do anything when it is waited for.
      new Promise((resolve) => resolve(returned)).catch(() => {});
    } catch {
      // Answered below.
    }
    return instead;
  };
}
