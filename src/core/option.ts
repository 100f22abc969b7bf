import { durationMs } from "./duration.ts";
import { inFull, meantName } from "./option-words.ts";

/** Makes an option's value into what is decided by, or throws a TypeError or RangeError that says what to write. */
export type Check = (option: string, value: unknown) => unknown;

/** The options that have a value, as their checks make them. */
export function checked(checks: Readonly<Record<string, Check>>, options: object): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const option in checks) {
    const value = (options as Readonly<Record<string, unknown>>)[option];
    if (value !== undefined) values[option] = checks[option]!(option, value);
  }
  return values;
}

/** A whole number of at least 1, or the default. */
export function count(option: string, value: unknown, byDefault?: number): number {
  const number = (value === undefined ? byDefault : value) as number;
  return Number.isSafeInteger(number) && number > 0 ? number : invalid(option, value, "1 or more");
}

/** A finite duration of more than nothing, in milliseconds. */
export function aSpan(option: string, value: unknown): number {
  return duration(option, value) || invalid(option, value, "more than 0");
}

/** A finite duration in milliseconds, or the default. */
export function duration(option: string, value: unknown, byDefault?: number): number {
  const ms = durationMs(value === undefined ? byDefault : value)!;
  return ms < Infinity ? ms : invalid(option, value, "a duration");
}

/** A share: more than 0, at most 1. */
export function share(option: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw invalid(option, value, "a share");
}

/** Throws the error for a bad option: where, what to write, what came. A number that came is out of range. */
export function invalid(option: string, value: unknown, expected: string): never {
  const came =
    typeof value === "string"
      ? JSON.stringify(value.slice(0, 80))
      : Object(value) === value
        ? `a value of type ${typeof value}`
        : String(value);
  throw new (typeof value === "number" ? RangeError : TypeError)(
    `next-protego [bad-option] option "${option}" must be ${inFull(expected)}; got ${came}`,
  );
}

/** An object, of options. Where it is said which there are, another is refused. */
export function anObject<Kind>(option: string, value: Kind, known?: readonly string[]): Kind {
  if (Object(value) !== value) invalid(option, value, "an object");
  const unknown = known && Object.keys(value as object).find((name) => !known.includes(name));
  if (unknown === undefined) return value;
  throw new TypeError(
    `next-protego [bad-option] there is no option "${unknown}"${meantName(unknown, known!)}`,
  );
}

export function aFunction<Kind>(option: string, value: Kind): Kind {
  return typeof value === "function" ? value : invalid(option, value, "a function");
}

/** A function that is asked in the middle of a call, which cannot wait for its answer. */
export function syncFunction<Kind>(option: string, value: Kind): Kind {
  return Object.prototype.toString.call(value) === "[object AsyncFunction]"
    ? invalid(option, value, "no promise")
    : aFunction(option, value);
}

export function optionalFunction<Kind>(option: string, value: Kind): Kind {
  return value === undefined ? value : aFunction(option, value);
}

/** A circuit's name, or a function that answers one. */
export function aName<Name>(option: string, name: Name): Name {
  if (typeof name === "function") return syncFunction(option, name);
  return typeof name === "string" && (name as string) !== "" ? name : invalid(option, name, "a name");
}

/** What one of the package's own functions has made, told by one of its functions. */
export function having(name: string, expected: string): Check {
  return (option, value) =>
    typeof (value as Readonly<Record<string, unknown>> | null)?.[name] === "function"
      ? value
      : invalid(option, value, expected);
}
