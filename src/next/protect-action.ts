import { type AsInferred, protect, type ProtectOptions } from "../breaker/protect.ts";
import { isCircuitOpenError, retryAfterSeconds } from "../core/circuit-open-error.ts";
import { invalid, optionalFunction } from "../core/option.ts";
import { withRefusalsInside } from "./refusals-inside.ts";

export interface ActionOptions<Args extends unknown[], Result, State> extends Omit<
  ProtectOptions<Args, Result>,
  "fallback" | "fallbackOnFailure"
> {
  /**
   * The state to return while the circuit is open, for `useActionState`, at once or later. Without it the refusal is
   * thrown, and `error.tsx` shows.
   */
  refused?:
    | ((refusal: { readonly retryAfterSeconds: number }, ...args: Args) => State | PromiseLike<State>)
    | undefined;
}

/**
 * A server action behind a circuit. `redirect()`, `revalidatePath()` and the like work as always. A refusal by a
 * protected fetch inside the action becomes the refused state too, also where an SDK has made another error of it.
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
  if (typeof action !== "function") throw invalid("action", action, "a server action");
  const inside = async (...args: Args): Promise<Result> => withRefusalsInside(() => action(...args));
  Object.defineProperty(inside, "name", { value: action.name });
  const protectedAction = protect<Args, Promise<Result>>(
    inside,
    options as ProtectOptions<AsInferred<Args>, Awaited<Promise<Result>>>,
  );
  const handled = async (...args: Args): Promise<Result | State> => {
    try {
      return (await protectedAction(...args)) as Result;
    } catch (error) {
      if (!refused || !isCircuitOpenError(error)) throw error;
      return refused(
        { retryAfterSeconds: retryAfterSeconds(error)! },
        ...(args as unknown as AsInferred<Args>),
      );
    }
  };
  return Object.defineProperty(handled, "name", { value: action.name, configurable: true });
}
