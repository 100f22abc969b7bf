import { type AsInferred, protect, type ProtectOptions } from "../breaker/protect.ts";
import { isCircuitOpenError, retryAfterSeconds } from "../core/circuit-open-error.ts";
import { optionalFunction } from "../core/option.ts";

export interface ActionOptions<Args extends unknown[], Result, State> extends Omit<
  ProtectOptions<Args, Result>,
  "fallback"
> {
  /**
   * The state to return while the circuit is open, for `useActionState`. Without it the refusal is thrown, and
   * `error.tsx` shows.
   */
  refused?: ((refusal: { readonly retryAfterSeconds: number }, ...args: Args) => State) | undefined;
}

/**
 * A server action behind a circuit. `redirect()`, `revalidatePath()` and the like work as always. A refusal by a
 * protected fetch inside the action becomes the refused state too.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * export const order = protectAction(placeOrder, {
 *   name: "orders",
 *   refused: ({ retryAfterSeconds }) => ({ message: `Please try again in ${retryAfterSeconds} s.` }),
 * });
 */
export function protectAction<Args extends unknown[], Result, State = never>(
  action: (...args: Args) => Promise<Result>,
  options: ActionOptions<AsInferred<Args>, Result, State>,
): (...args: Args) => Promise<Result | State> {
  const refused = optionalFunction("refused", options?.refused);
  const protectedAction = protect(action, options as never);
  return async (...args) => {
    try {
      return (await protectedAction(...args)) as Result;
    } catch (error) {
      const seconds = retryAfterSeconds(error);
      if (!refused || !isCircuitOpenError(error)) throw error;
      return refused({ retryAfterSeconds: seconds ?? 1 }, ...(args as never));
    }
  };
}
