import { durationMs } from "./duration.ts";
import { nearestName } from "./nearest-name.ts";

/** Makes an option's value into what is decided by, or throws a TypeError or RangeError that says what to write. */
export type Check = (option: string, value: never) => unknown;

/** The options that have a value, as their checks make them. */
export function checked(checks: Readonly<Record<string, Check>>, options: object): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const option in checks) {
    const value = options[option as never];
    if (value !== undefined) values[option] = checks[option]!(option, value);
  }
  return values;
}

/** A whole number of at least 1, or the default. */
export function count(option: string, value: unknown, byDefault?: number): number {
  const number = value === undefined ? byDefault : (value as number);
  if (Number.isSafeInteger(number) && number! > 0) return number!;
  throw invalid(option, value, "a whole number of at least 1");
}

/** A finite duration of more than nothing, in milliseconds. */
export function aSpan(option: string, value: unknown): number {
  const ms = duration(option, value);
  if (ms > 0) return ms;
  throw invalid(option, value, "more than no time");
}

/** A finite duration in milliseconds, or the default. */
export function duration(option: string, value: unknown, byDefault?: number): number {
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
    typeof value === "string"
      ? JSON.stringify(value.slice(0, 80))
      : Object(value) === value
        ? `a value of type ${typeof value}`
        : String(value);
  return new (typeof value === "number" ? RangeError : TypeError)(
    `next-protego: option "${option}" must be ${expected}; got ${came}`,
  );
}

/** An object, of options. Where it is said which there are, another is refused. */
export function anObject<Kind>(option: string, value: Kind, known?: readonly string[]): Kind {
  if (Object(value) !== value) throw invalid(option, value, "an object");
  const unknown = known && Object.keys(value as object).find((name) => !known.includes(name));
  if (unknown === undefined) return value;
  const near = nearestName(unknown, known!);
  const meant = near ? `; did you mean "${near}"?` : "";
  throw new TypeError(`next-protego: there is no option "${unknown}"${meant}`);
}

export function aFunction<Kind>(option: string, value: Kind): Kind {
  if (typeof value === "function") return value;
  throw invalid(option, value, "a function");
}

/** A function that is asked in the middle of a call, which cannot wait for its answer. */
export function syncFunction<Kind>(option: string, value: Kind): Kind {
  if (Object.prototype.toString.call(value) === "[object AsyncFunction]") {
    throw invalid(option, value, "a function that answers at once, not an async one");
  }
  return aFunction(option, value);
}

export function optionalFunction<Kind>(option: string, value: Kind): Kind {
  return value === undefined ? value : aFunction(option, value);
}

/** A circuit's name, or a function that answers one. */
export function aName<Name>(option: string, name: Name): Name {
  if (typeof name === "function") return syncFunction(option, name);
  if (typeof name === "string" && (name as string) !== "") return name;
  throw invalid(option, name, "a string that is not empty, or a function that returns one");
}
