/** A function of the user's that is asked in the middle of a call, and may throw. */
export function asked<Args extends unknown[], Answer>(
  ask: (...args: Args) => Answer,
  instead: Answer,
): (...args: Args) => Answer {
  return (...args) => {
    try {
      return ask(...args);
    } catch {
      return instead;
    }
  };
}
