import fc from "fast-check";
import { circuits, createProtectedFetch, protect, withProtego } from "../../src/index.ts";
import { protectAction, withProtegoApi } from "../../src/next.ts";
import {
  consecutiveFailures,
  healthProbe,
  opensWhen,
  ramp,
  staleIfError,
  watchBody,
  watchedCalls,
} from "../../src/options.ts";
import { anyScript, type Behaviour, carryOut, type reEntries } from "./any-behaviour.ts";

export const wrappers = [
  "fetch",
  "protect",
  "generator",
  "returned generator",
  "route",
  "api",
  "action",
] as const;

export type Wrapper = (typeof wrappers)[number];

/** Functions of the user's, each under the name of the place where it is given. */
export type Scripts = { readonly [place: string]: readonly Behaviour[] | undefined };

const places = (
  "upstream isFailure ignoreErrors name enabled fallback fallbackOnFailure opensWhen rule resetBackoff ramp probe on " +
  "everyone stale staleKey watchBody refused"
).split(" ");

export const anyScripts: fc.Arbitrary<Scripts> = fc
  .tuple(anyScript, fc.dictionary(fc.constantFrom(...places.slice(1)), anyScript, { maxKeys: 4 }))
  .map(([upstream, others]) => Object.assign({}, others, { upstream }));

export const maxConcurrent = 3;

/** An app of one wrapper whose functions do as their scripts say, until it is healed: then all of them do right. */
export class HostileApp {
  healed = false;
  /** The circuit that calls belong to once the app is healed, where the app names its calls. */
  circuit = "own";
  /** While set, the sound upstream waits for it. */
  gate: Promise<void> | undefined;
  readonly options: Record<string, unknown>;
  readonly #turns = new Map<string, number>();
  readonly #scripts: Scripts;
  readonly #call: (...args: unknown[]) => unknown;
  #reEntries = 0;

  constructor(wrapper: Wrapper, scripts: Scripts) {
    this.#scripts = scripts;
    this.options = this.#makeOptions();
    this.#call = this.#wrap(wrapper);
  }

  /** One call of a visitor's, as its framework makes it, to its end. */
  call(signal?: AbortSignal): Promise<unknown> {
    return Promise.resolve(this.#call(signal)).catch((error: unknown) => ({ error }));
  }

  #fn(place: string, right: (...args: never[]) => unknown): (...args: never[]) => unknown {
    const script = this.#scripts[place];
    return (...args) => {
      const sound = (): unknown => right(...args);
      if (!script || (this.healed && place !== "on" && place !== "everyone")) return sound();
      const turn = this.#turns.get(place) ?? 0;
      this.#turns.set(place, turn + 1);
      return carryOut(script[turn % script.length]!, sound, (what) => this.#reEnter(what));
    };
  }

  #reEnter(what: (typeof reEntries)[number]): void {
    if (this.healed || ++this.#reEntries > 6) return;
    if (what === "call") return void this.call();
    for (const circuit of circuits.list()) {
      if (what === "configure") circuit.configure({ failureThreshold: 1 + (this.#reEntries % 3) });
      else if (what === "configure the rule") circuit.configure({ opensOn: consecutiveFailures(2) });
      else if (what === "open") circuit.open();
      else if (what === "open for good") circuit.open({ forced: true });
      else if (what === "close") circuit.close();
      else if (what === "half-open") circuit.halfOpen();
      else circuit.reset();
    }
  }

  #makeOptions(): Record<string, unknown> {
    const given = this.#scripts;
    const rule = {
      kind: "own",
      begin: this.#fn("rule", () => 0),
      record: this.#fn("rule", () => 0),
      trips: this.#fn("rule", () => false),
      failures: this.#fn("rule", () => 0),
      starts: this.#fn("rule", () => undefined),
      ends: this.#fn("rule", () => undefined),
      sheds: this.#fn("rule", () => false),
      watch: watchedCalls,
    };
    const all: Record<string, unknown> = {
      name: given["name"] ? this.#fn("name", () => this.circuit) : "own",
      isFailure: this.#fn("isFailure", ((_: unknown, byDefault: boolean) => byDefault) as never),
      ignoreErrors: [this.#fn("ignoreErrors", () => false)],
      enabled: this.#fn("enabled", () => true),
      fallback: this.#fn("fallback", () => new Response("instead")),
      fallbackOnFailure: this.#fn("fallbackOnFailure", () => new Response("instead")),
      resetBackoff: this.#fn("resetBackoff", (ms: never) => ms),
      ramp: ramp(this.#fn("ramp", () => false) as never),
      probe: healthProbe(this.#fn("probe", () => undefined) as never),
      on: this.#fn("on", () => undefined),
      refused: this.#fn("refused", () => "refused"),
      stale: {
        remember: this.#fn("stale", ((_: unknown, __: unknown, response: unknown) => response) as never),
        recall: this.#fn("stale", () => undefined),
      },
    };
    const options: Record<string, unknown> = { name: all["name"] };
    for (const place of Object.keys(given)) if (place in all) options[place] = all[place];
    if (given["staleKey"])
      options["stale"] = staleIfError({ key: this.#fn("staleKey", () => "key") as never });
    if (given["watchBody"]) options["watchBody"] = watchBody({ idleTimeout: 1000 });
    if (given["opensWhen"]) {
      const decide = ({ consecutiveFailures: failures }: { consecutiveFailures: number }): boolean =>
        failures > 1;
      options["opensOn"] = opensWhen(this.#fn("opensWhen", decide as never) as never);
    }
    if (given["rule"]) options["opensOn"] = rule;
    if (given["everyone"]) circuits.subscribe(this.#fn("everyone", () => undefined) as never);
    return {
      failureThreshold: 2,
      halfOpenRetries: 2,
      resetTimeout: 5000,
      timeout: 1000,
      maxConcurrent,
      ...options,
    };
  }

  #wrap(wrapper: Wrapper): (...args: unknown[]) => unknown {
    const options = this.options as never;
    const answer = (make: () => unknown) => (): unknown => (this.gate ? this.gate.then(make) : make());
    const respond = this.#fn(
      "upstream",
      answer(() => new Response("sound")),
    );
    const value = this.#fn(
      "upstream",
      answer(() => "sound"),
    );
    switch (wrapper) {
      case "fetch": {
        const fetch = createProtectedFetch({ ...(options as object), fetch: respond as never });
        return async (signal) => {
          const response = await fetch(
            "https://up.test/a",
            signal ? { signal: signal as AbortSignal } : undefined,
          );
          return typeof response?.text === "function" ? response.text() : response;
        };
      }
      case "protect":
        return protect(value, options) as never;
      case "action":
        return protectAction(value as never, options);
      case "route": {
        const route = withProtego(respond as never, options);
        return () => route(new Request("http://localhost/orders") as never, {} as never);
      }
      case "api": {
        const handler = withProtegoApi(
          (async (_: unknown, response: { statusCode: number }) => {
            await value();
            response.statusCode = 200;
          }) as never,
          options,
        );
        const response = { status: () => response, setHeader() {}, send() {}, headersSent: false };
        return () => handler({ method: "GET", url: "/api" } as never, { ...response } as never);
      }
      case "generator": {
        const items = this.#generator(value);
        return consume(protect(items, options) as never);
      }
      case "returned generator": {
        const items = this.#generator(value);
        return consume(protect((() => items()) as never, options) as never);
      }
    }
  }

  #generator(value: () => unknown): () => AsyncGenerator {
    return async function* items() {
      yield await value();
      yield await value();
    };
  }
}

/** Reads a generator to its end, or leaves it after one item where it is told so. */
function consume(generate: () => AsyncGenerator): (signal?: unknown) => Promise<unknown> {
  return async (leaves) => {
    const items: unknown[] = [];
    for await (const item of generate()) {
      items.push(item);
      if (leaves) break;
    }
    return items;
  };
}
