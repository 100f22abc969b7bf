import fc from "fast-check";

/** What a function of the user's may do, in words: counterexamples are read. */
export interface Behaviour {
  readonly does: "right" | "throws" | "answers" | "rejects" | "resolves" | "hangs" | "re-enters";
  readonly what: string;
}

// oxlint-disable unicorn/no-thenable

/** Values that break who looks at them, or are nothing that anybody expects. */
export const hostileValues: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => NaN,
  "a symbol": () => Symbol("no text"),
  "an empty object": () => ({}),
  "a status without headers": () => ({ status: 500 }),
  "an object without prototype": () => Object.create(null) as unknown,
  "a name that is a symbol": () => ({ name: Symbol("n"), message: Symbol("m") }),
  "getters that throw": () =>
    throwing("status", "headers", "body", "digest", "cause", "name", "message", "next", "state", "ok"),
  "an error whose getters throw": () =>
    Object.defineProperties(new Error("hostile"), {
      digest: { get: fail },
      cause: { get: fail },
      errors: { get: fail },
    }),
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "a thenable that throws": () => ({ then: fail }),
  "a thenable that hangs": () => ({ then() {} }),
  "a thenable that rejects": () => ({ then: (_: unknown, reject: (e: unknown) => void) => reject(null) }),
  "a getter of then that throws": () => throwing("then"),
  "a promise with a then of its own": () => Object.assign(Promise.resolve(), { then: fail }),
  "half a phase": () => ({ state: "open", since: 0, until: 1, generation: 0 }),
};

function fail(): never {
  throw new Error("a getter of the user's");
}

function throwing(...names: string[]): object {
  return Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, { get: fail }])));
}

const values = fc.constantFrom(...Object.keys(hostileValues));

export const reEntries = [
  "configure",
  "configure the rule",
  "open",
  "open for good",
  "close",
  "half-open",
  "reset",
  "call",
] as const;

const does = (
  name: Behaviour["does"],
  what: fc.Arbitrary<string> = fc.constant(""),
): fc.Arbitrary<Behaviour> => fc.record({ does: fc.constant(name), what });

export const anyBehaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 3, arbitrary: does("right") },
  { weight: 3, arbitrary: does("throws", values) },
  { weight: 3, arbitrary: does("answers", values) },
  { weight: 1, arbitrary: does("rejects", values) },
  { weight: 1, arbitrary: does("resolves", values) },
  { weight: 1, arbitrary: does("hangs") },
  { weight: 3, arbitrary: does("re-enters", fc.constantFrom(...reEntries)) },
);

/** What a function does at its calls, one after the other and then from the start again. */
export const anyScript = fc.array(anyBehaviour, { minLength: 1, maxLength: 4 });

/** Does as it is told; `right` is what a sound function of this place would do. */
export function carryOut(
  { does, what }: Behaviour,
  right: () => unknown,
  reEnter: (what: (typeof reEntries)[number]) => void,
): unknown {
  switch (does) {
    case "right":
      return right();
    case "throws":
      throw hostileValues[what]!();
    case "answers":
      return hostileValues[what]!();
    case "rejects":
      return Promise.reject(hostileValues[what]!() as Error);
    case "resolves":
      return Promise.resolve(hostileValues[what]!());
    case "hangs":
      return new Promise(() => {});
    case "re-enters":
      reEnter(what as (typeof reEntries)[number]);
      return right();
  }
}
