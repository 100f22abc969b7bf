import { boundedName } from "../breaker/bounded-name.ts";
import { commandFleet, generationOf } from "../operations/command-fleet.ts";
import { fleetReport, type FleetReport } from "../operations/fleet-report.ts";
import type { Store } from "../core/store.ts";
import { epochMs } from "../runtime/clock.ts";
import { pushingScript, upstashScript } from "../stores/fleet-script.ts";
import { pushingSha } from "../stores/redis-push.ts";
import { scriptStore } from "../stores/script-store.ts";
import { upstashHttp } from "../stores/upstash-http.ts";
import { upstashSha } from "../stores/upstash-store.ts";
import { type Common, type Deed, type Order, orderOf, UsageError } from "./arguments.ts";
import { help } from "./help.ts";
import { redisLink } from "./redis-link.ts";
import { refusalInWords } from "./refusal-in-words.ts";
import { RedisError } from "./resp.ts";
import { plain, printable } from "../operations/steering-characters.ts";
import { table } from "./table.ts";

/** Where the words go, and what is known of the place. */
export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  readonly version: string;
  out(text: string): void;
  error(text: string): void;
  /** Waits between two looks; rejects or resolves `false` when it is time to go. */
  pause(ms: number): Promise<boolean>;
}

export const exitCodes = { done: 0, noAnswer: 1, notUnderstood: 2, isOpen: 3 } as const;

/** As many as one search finds. */
const mostListed = 50_000;
const atOnce = 20;

/** Does what was typed. @returns the exit code */
export async function run(typed: readonly string[], place: Place): Promise<number> {
  let order: Order;
  try {
    order = orderOf(typed, place.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    place.error(`next-protego: ${error.message}\nnext-protego --help says more.\n`);
    return exitCodes.notUnderstood;
  }
  if (order.command === "help") return said(place, help);
  if (order.command === "version") return said(place, `${place.version}\n`);
  const opened = storeOf(order, place);
  if (!opened) return exitCodes.notUnderstood;
  const { store } = opened;
  try {
    if (!isLook(order)) return await command(order, store, place);
    return order.command === "watch" ? await watch(order, store, place) : await status(order, store, place);
  } catch (error) {
    return failed(error, place);
  } finally {
    opened.close();
  }
}

function said(place: Place, text: string): number {
  place.out(text);
  return exitCodes.done;
}

/** The name or the code of an error: messages of stores quote keys and addresses. */
function failed(error: unknown, place: Place): number {
  if (error instanceof RedisError) {
    place.error(`next-protego [store-unreachable] the store refused: ${plain(refusalInWords(error))}\n`);
    return exitCodes.noAnswer;
  }
  const { name, code, message, cause } = error as Error & { readonly code?: unknown };
  const inner = (cause as { readonly code?: unknown } | undefined)?.code;
  const known = [code, inner].find((each) => typeof each === "string") as string | undefined;
  const what = known ?? (name === "TypeError" ? message : name);
  place.error(
    `next-protego [store-unreachable] the store did not answer: ${plain(what ?? "unknown error").replace(/^next-protego \S+ /, "")}\n`,
  );
  return exitCodes.noAnswer;
}

function storeOf(
  { redis, upstash, prefix }: Common,
  place: Place,
): { store: Store; close(): void } | undefined {
  if (upstash) {
    const script = { text: upstashScript, sha: upstashSha };
    return { store: scriptStore(upstashHttp(upstash, 5000), script, prefix), close: () => {} };
  }
  try {
    const link = redisLink(redis!);
    // Processes that listen for a push hear of a command at once; nobody else is troubled.
    const store = scriptStore(link, { text: pushingScript, sha: pushingSha }, prefix);
    let isTold = false;
    const list: Store["list"] = async (most) => {
      const [listing, isPart] = await Promise.all([store.list!(most), link.isOfCluster()]);
      if (isPart && !isTold) {
        isTold = true;
        place.error(
          "next-protego: this server is one of a cluster: circuits that others keep are not seen.\n",
        );
      }
      return { ...listing, isCutShort: listing.isCutShort || isPart };
    };
    return { store: { ...store, list }, close: () => link.close() };
  } catch (error) {
    place.error(`next-protego [store-unreachable] --redis: ${(error as Error).message}\n`);
    return undefined;
  }
}

type Look = Extract<Order, { command: "status" | "watch" }>;

function isLook(order: Look | Extract<Order, { command: Deed }>): order is Look {
  return order.command === "status" || order.command === "watch";
}

async function look(store: Store): Promise<FleetReport> {
  return fleetReport(await store.list!(mostListed));
}

async function status({ isJson, tellsOpen }: Look, store: Store, place: Place): Promise<number> {
  const report = await look(store);
  place.out(
    `${isJson ? printable(JSON.stringify(report, undefined, 2)) : table(report, terminalOf(place))}\n`,
  );
  return tellsOpen && report.circuits.some(({ state }) => state === "open")
    ? exitCodes.isOpen
    : exitCodes.done;
}

async function watch({ isJson, everyMs }: Look, store: Store, place: Place): Promise<number> {
  do {
    try {
      // oxlint-disable-next-line no-await-in-loop
      const report = await look(store);
      if (isJson)
        place.out(`${printable(JSON.stringify({ at: new Date(epochMs()).toISOString(), ...report }))}\n`);
      else {
        const clear = place.isTerminal ? "\u001b[H\u001b[2J" : "";
        const at = new Date(epochMs()).toISOString().slice(11, 19);
        place.out(`${clear}${at} UTC\n${table(report, terminalOf(place))}\n`);
      }
    } catch (error) {
      // It may be back with the next look.
      failed(error, place);
    }
    // oxlint-disable-next-line no-await-in-loop
  } while (await place.pause(everyMs));
  return exitCodes.done;
}

function terminalOf({ env, isTerminal }: Place): { hasColour: boolean; epoch: number } {
  return { hasColour: isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb", epoch: epochMs() };
}

const types = { open: "open", close: "close", try: "half-open", reset: "close" } as const;

async function command(
  order: Extract<Order, { command: Deed }>,
  store: Store,
  place: Place,
): Promise<number> {
  const { names, isCutShort } = order.names
    ? { names: order.names.map(boundedName), isCutShort: false }
    : await namesFor(order.command, store);
  const results: Array<{ circuit: string; state: string; held: boolean; wasKnown: boolean }> = [];
  const one = async (circuit: string): Promise<void> => {
    const wasKnown = order.names === undefined || (await generationOf(store, circuit)) > 0;
    const { state, isForced } = await commandFleet(store, circuit, {
      type: types[order.command],
      isForced: order.isHeld,
      by: order.by,
      why: order.why,
      at: epochMs(),
      openMs: order.forMs,
      heldMs: order.isHeldFor ? order.forMs : undefined,
    });
    results.push({ circuit, state, held: isForced, wasKnown });
  };
  let failure: PromiseRejectedResult | undefined;
  for (let at = 0; at < names.length && !failure; at += atOnce) {
    // oxlint-disable-next-line no-await-in-loop
    const settled = await Promise.allSettled(names.slice(at, at + atOnce).map(one));
    failure = settled.find((each) => each.status === "rejected");
  }
  if (failure) failed(failure.reason, place);
  // What was done before it is told all the same.
  const undone = names.filter((name) => !results.some(({ circuit }) => circuit === name));
  if (undone.length > 0 && results.length > 0) place.error(`next-protego: not done: ${inOneLine(undone)}\n`);
  if (isCutShort) {
    place.error("next-protego: there may be more circuits than these: not all were given the command.\n");
  }
  const code = failure || isCutShort ? exitCodes.noAnswer : exitCodes.done;
  if (failure && results.length === 0) return code;
  const known = results.toSorted((a, b) => (a.circuit < b.circuit ? -1 : 1));
  if (order.isJson) {
    place.out(`${printable(JSON.stringify(known, undefined, 2))}\n`);
    return code;
  }
  const lines = known.map(({ circuit, state, held, wasKnown }) => {
    const word = `${held ? "held " : ""}${state === "half-open" ? "trying" : state}`;
    const doubt = wasKnown ? "" : " (the store had no record of it: is the name right?)";
    return `${plain(circuit)}: ${word}${doubt}`;
  });
  place.out(`${lines.length === 0 ? "No circuit of which the store has a record." : lines.join("\n")}\n`);
  return code;
}

function inOneLine(names: readonly string[]): string {
  const more = names.length > 20 ? `, and ${names.length - 20} more` : "";
  return plain(names.slice(0, 20).join(", ")) + more;
}

/** Trying is for what is open, and not held on purpose. */
async function namesFor(deed: Deed, store: Store): Promise<{ names: string[]; isCutShort: boolean }> {
  const { circuits, isCutShort } = await look(store);
  const names = circuits
    .filter(({ state, held }) => state !== "unknown" && (deed !== "try" || (state === "open" && !held)))
    .map(({ name }) => name);
  return { names, isCutShort };
}
