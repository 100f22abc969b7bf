import { isDeepStrictEqual } from "node:util";
import type { AnyFetch, Run } from "./calls/call.ts";
import { describeValue } from "./describe-value.ts";
import type { SeenRequest, Upstream } from "./upstream.ts";

/** One call in plain data: what the caller got, what became of its arguments, and what the server saw. */
export interface Observation {
  outcome: unknown;
  /** Of each fetch: whether it gave a promise, or threw at once; and whether it left its init alone. */
  manners: readonly string[];
  seen: readonly SeenRequest[];
}

export async function observe(run: Run, fetch: AnyFetch, upstream: Upstream): Promise<Observation> {
  upstream.begin();
  const manners: string[] = [];
  const checks: Array<() => void> = [];
  const watched = function (this: unknown, ...args: unknown[]): Promise<Response> {
    const init = args[1];
    const before = anatomy(init);
    checks.push(() =>
      manners.push(isDeepStrictEqual(anatomy(init), before) ? "init untouched" : "init changed"),
    );
    try {
      const answer = new.target ? Reflect.construct(fetch, args) : Reflect.apply(fetch, this, args);
      manners.push(answer instanceof Promise ? "promised" : "gave no promise");
      return answer;
    } catch (error) {
      manners.push("threw at once");
      throw error;
    }
  };
  let outcome: unknown;
  try {
    outcome = { returned: await describeValue(await run(watched as AnyFetch, upstream)) };
  } catch (error) {
    outcome = { threw: await describeValue(error) };
  }
  for (const check of checks) check();
  await upstream.quiet();
  // Which of two servers is first is up to chance.
  const seen = upstream.seen.toSorted((one, other) => one.server.localeCompare(other.server));
  return { outcome, manners, seen };
}

/** An object's own members without calling its getters, two levels deep: `headers` and `next` are objects too. */
function anatomy(value: unknown, levels = 2): unknown {
  if (Object(value) !== value || levels === 0) return value;
  const object = value as object;
  const members = Reflect.ownKeys(object).map((key) => {
    const { value: held, ...rest } = Reflect.getOwnPropertyDescriptor(object, key)!;
    const isPlain = Object.getPrototypeOf(Object(held)) === Object.prototype;
    return [key, isPlain ? anatomy(held, levels - 1) : held, rest];
  });
  return [members, Object.getPrototypeOf(object), Object.isExtensible(object)];
}
