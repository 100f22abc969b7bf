import { invalid } from "../core/option.ts";
import { type AsInferred, protect, type ProtectOptions } from "./protect.ts";

/** What a decorator may leave out: the circuit then bears the method's name. */
export type DecoratorOptions<Args extends unknown[], Value> = Omit<ProtectOptions<Args, Value>, "name"> &
  Partial<Pick<ProtectOptions<Args, Value>, "name">>;

/**
 * `protect` as a TC39 method decorator. All instances share the circuit, as they share the upstream.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * class Billing {
 *   @circuit({ name: "billing", timeout: "5s" })
 *   async charge(cents: number) { … }
 * }
 */
export function circuit<This, Args extends unknown[], Value>(
  options: DecoratorOptions<Args, Value> = {},
): (
  method: (this: This, ...args: Args) => Promise<Value>,
  context: ClassMethodDecoratorContext<This>,
) => (this: This, ...args: Args) => Promise<Value> {
  return (method, context) => {
    if (context?.kind !== "method") throw invalid("decorator", context?.kind, "used on a method");
    const name = options.name ?? String(context.name);
    const named = { ...options, name } as ProtectOptions<AsInferred<Args>, Awaited<Promise<Value>>>;
    return protect<Args, Promise<Value>>(method, named) as typeof method;
  };
}
