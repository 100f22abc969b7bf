import { durationMs } from "./duration.ts";

/** A whole number of at least 1, or the default. */
export function count(option: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw invalid(option, value, "a whole number of at least 1");
}

/** A finite duration in milliseconds, or the default. */
export function duration(option: string, value: unknown, byDefault: number): number {
  const ms = value === undefined ? byDefault : durationMs(value);
  if (ms !== undefined && ms < Infinity) return ms;
  throw invalid(option, value, 'milliseconds or a duration such as "500ms", "30s", "5m"');
}

/** A share: more than 0, at most 1. */
export function share(option: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw invalid(option, value, "a share of more than 0 and at most 1, such as 0.5");
}

/** The error for a bad option: where, what to write, what came. A number that came is out of range. */
export function invalid(option: string, value: unknown, expected: string): Error {
  const came =
    Object(value) === value ? `a value of type ${typeof value}` : `\`${String(value).slice(0, 80)}\``;
  return new (typeof value === "number" ? RangeError : TypeError)(
    `next-protego: option "${option}" must be ${expected}; got ${came}`,
  );
}

/** An object of options. */
export function anObject<Kind>(option: string, value: Kind): Kind {
  if (Object(value) === value) return value;
  throw invalid(option, value, "an object");
}

/** A function that is asked in the middle of a call, which cannot wait for its answer. */
export function syncFunction<Kind>(option: string, value: Kind): Kind {
  if (Object.prototype.toString.call(value) === "[object AsyncFunction]") {
    throw invalid(option, value, "a function that answers at once, not an async one");
  }
  return optionalFunction(option, value);
}

export function optionalFunction<Kind>(option: string, value: Kind): Kind {
  if (value === undefined || typeof value === "function") return value;
  throw invalid(option, value, "a function");
}
