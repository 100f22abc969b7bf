import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { circuits, createProtectedFetch, protect, withProtego } from "next-protego";

/** The functions of the caller that a stack names. */
export interface Shown {
  readonly what: string;
  /** What is compared: the plain function's stack shows the least that ours may show. */
  readonly plain: string[];
  readonly ours: string[];
  readonly message: string;
}

export interface Report {
  readonly shown: Shown[];
  /** Stacks that 100 good calls collected. */
  readonly captured: number;
}

type Call = () => Promise<unknown>;

async function load(call: Call): Promise<unknown> {
  return await call();
}
async function page(call: Call): Promise<unknown> {
  return await load(call);
}
async function visit(call: Call): Promise<unknown> {
  return await page(call);
}
const callers = /\b(load|page|visit|readAll|work|items|handler) \(/;

async function errorOf(call: Call): Promise<Error> {
  try {
    await visit(call);
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

function framesOf({ stack = "" }: Error): string[] {
  const names = stack.split("\n").map((line) => callers.exec(line)?.[1]);
  return names.filter((name) => name !== undefined);
}

async function work(): Promise<void> {
  await Promise.resolve();
  throw new Error("broken");
}
async function* items(): AsyncGenerator<number> {
  yield 1;
  await Promise.resolve();
  throw new Error("broken midway");
}
async function handler(): Promise<Response> {
  await Promise.resolve();
  throw new Error("broken handler");
}
const hang = (): Promise<never> => new Promise(() => {});
async function* stall(): AsyncGenerator<number> {
  yield 1;
  await hang();
}
async function readAll(generate: () => AsyncIterable<unknown>): Promise<void> {
  for await (const _ of generate());
}

let made = 0;
/** A circuit of its own for each. */
const own = (timeout?: number | false) => ({
  name: `circuit ${made++}`,
  ...(timeout === undefined ? {} : { timeout }),
});
const whatever = {} as never;

/** What errors show of their callers in this process. */
export async function run(): Promise<Report> {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const hung = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const refused = "http://127.0.0.1:2/";

  const byDefault = createProtectedFetch();
  const untimed = createProtectedFetch(own(false));
  const named = createProtectedFetch(own());
  const quick = createProtectedFetch(own(20));
  const open = createProtectedFetch({ name: "open" });
  const openWork = protect(async () => {}, { name: "open" });
  const openItems = protect(stall, { name: "open" });
  await openWork();
  circuits.get("open")!.open();

  const unprotected = (): Promise<unknown> => fetch(refused);
  const unprotectedTimeout = (): Promise<unknown> => fetch(hung, { signal: AbortSignal.timeout(20) });
  const generated = (): Promise<unknown> => readAll(items);
  const handled = (): Promise<unknown> => handler();
  const wrapped = (timeout?: number): Call => {
    const route = withProtego(handler, own(timeout));
    return () => route(whatever, whatever);
  };
  const protectedWork = protect(work, own());
  const timedWork = protect(work, own(9000));
  const quickWork = protect(hang, own(20));
  const protectedItems = protect(items, own());
  const timedItems = protect(items, own(9000));
  const quickItems = protect(stall, own(20));

  const pairs: readonly (readonly [what: string, plain: Call, ours: Call])[] = [
    ["a network error of fetch", unprotected, () => byDefault(refused)],
    ["a network error of fetch without a timeout", unprotected, () => untimed(refused)],
    ["a network error of fetch with a name", unprotected, () => named(refused)],
    ["a timeout of fetch", unprotectedTimeout, () => quick(hung)],
    ["a refusal of fetch", unprotected, () => open(refused)],
    ["an error of a function", work, () => protectedWork()],
    ["an error of a function with a timeout", work, () => timedWork()],
    ["a timeout of a function", unprotectedTimeout, () => quickWork()],
    ["a refusal of a function", unprotected, () => openWork()],
    ["an error of a generator", generated, () => readAll(protectedItems)],
    ["an error of a generator with a timeout", generated, () => readAll(timedItems)],
    ["a timeout of a generator", unprotectedTimeout, () => readAll(quickItems)],
    ["a refusal of a generator", unprotected, () => readAll(openItems)],
    ["an error of a route", handled, wrapped()],
    ["an error of a route with a timeout", handled, wrapped(9000)],
  ];
  const shown: Shown[] = [];
  for (const [what, plain, ours] of pairs) {
    const error = await errorOf(ours);
    const { message } = error;
    shown.push({ what, plain: framesOf(await errorOf(plain)), ours: framesOf(error), message });
  }
  server.close();
  return { shown, captured: await capturedBy(protect(async () => {}, own())) };
}

async function capturedBy(call: Call): Promise<number> {
  let captured = 0;
  const real = globalThis.Error;
  const captureStackTrace = real.captureStackTrace.bind(real);
  real.captureStackTrace = (...args) => {
    captured++;
    captureStackTrace(...args);
  };
  globalThis.Error = new Proxy(real, {
    construct(target, args, newTarget) {
      captured++;
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
  for (let i = 0; i < 100; i++) await call();
  globalThis.Error = real;
  real.captureStackTrace = captureStackTrace;
  return captured;
}
