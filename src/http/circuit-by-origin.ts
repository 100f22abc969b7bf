import type { Circuit } from "../breaker/circuit.ts";
import type { ResolvedCircuitOptions } from "../breaker/circuit-options.ts";
import { obtainCircuit } from "../breaker/registry.ts";
import { tellOnce } from "../runtime/environment.ts";

/** What a naming function may look at. A `Request` fits, but none is built just for naming. */
export interface FetchTarget {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
}

type Find = (input: RequestInfo | URL, init: RequestInit | undefined) => Circuit | undefined;

/** Finds the circuit of a call: `undefined` for what has no upstream, or no sense, and is left to fetch itself. */
export function circuitFinder(
  name: string | ((request: FetchTarget) => string) | undefined,
  options: ResolvedCircuitOptions,
): Find {
  /** Circuits this finder has given its options to: once each, so that two finders do not take turns. */
  let given = new WeakSet<Circuit>();
  let last: Circuit | undefined;
  let lastName = "";

  function circuitNamed(circuitName: string): Circuit {
    if (last !== undefined && lastName === circuitName && !last.retired) return last;
    const circuit = obtainCircuit(circuitName, options, given);
    given.add(circuit);
    last = circuit;
    lastName = circuitName;
    return circuit;
  }

  if (typeof name === "string") return () => circuitNamed(name);
  if (typeof name === "function") {
    return (input, init) => {
      const target = describe(input, init);
      return target && circuitNamed(nameOf(target, name));
    };
  }
  return (input) => {
    if (last !== undefined && !last.retired && typeof input === "string" && isWithin(input, lastName)) {
      return last;
    }
    const origin = originOf(input);
    return origin === undefined ? undefined : circuitNamed(origin);
  };
}

/** Whether the URL has this origin for certain; anything unusual is left to the parser. */
function isWithin(url: string, origin: string): boolean {
  if (!url.startsWith(origin)) return false;
  const next = url.charCodeAt(origin.length);
  return next === 47 /* / */ || next === 63 /* ? */ || next === 35 /* # */ || Number.isNaN(next);
}

function originOf(input: RequestInfo | URL): string | undefined {
  const url = parse(input);
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

function parse(input: RequestInfo | URL): URL | undefined {
  try {
    return input instanceof URL ? input : new URL((input as Request).url ?? String(input));
  } catch {
    return undefined;
  }
}

function describe(input: RequestInfo | URL, init: RequestInit | undefined): FetchTarget | undefined {
  const url = parse(input);
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  const request = input as Partial<Request>;
  return {
    url: url.href,
    method: (init?.method ?? request.method ?? "GET").toUpperCase(),
    get headers() {
      return new Headers(init?.headers ?? request.headers);
    },
  };
}

function nameOf(target: FetchTarget, name: (request: FetchTarget) => string): string {
  try {
    const given: unknown = name(target);
    if (typeof given === "string" && given !== "") return given;
    tellOnce(`name() must return a string that is not empty; the origin was used instead.`);
  } catch (error) {
    tellOnce(`name() threw; the origin was used instead. ${String(error)}`);
  }
  return new URL(target.url).origin;
}
