/**
 * How long each SDK takes to give up, with its own retries as they are by default: while the circuit is closed and the
 * upstream answers 500; while it is open and the refusal is thrown, or answered; and while it is open with the recipe of
 * docs/sdks.md. The median of nine calls, where they do not wait to retry. Prints the table of that page. After a build:
 *
 *     node test/ecosystem/refusal-times.ts
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { builtOptions, builtPackage } from "../bench/built-package.ts";
import { answerAsEveryApi } from "./every-api.ts";
import { type Sdk, sdks } from "./sdks.ts";

const { circuits, createProtectedFetch } = await builtPackage();
const { refusalResponse } = await builtOptions();

/** What the SDK gets: the upstream's failure, or a refusal; the last is how docs/sdks.md says. */
const ways = ["failing", "thrown", "answered 504", "answered 503", "as advised"] as const;
type Way = (typeof ways)[number];

/** Some wait for as long as `Retry-After` says, again and again. */
const longestOpeningMs = 20_000;

const server = createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  const isDown = request.headers["x-down"] !== undefined;
  request.resume().on("end", () => {
    if (isDown) response.writeHead(500).end('{"error":{"message":"down"}}');
    else answerAsEveryApi(request, response);
  });
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** A fetch to an upstream that is down. */
const failing: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
  headers.set("x-down", "1");
  return fetch(input, { ...init, headers });
};

const aWhile = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

type Fallback = ReturnType<typeof refusalResponse>;

interface Measured {
  readonly attempts: number;
  readonly ms: number;
}

function answerOf(way: Way, advice: Sdk["advice"]): Fallback | undefined {
  if (way === "as advised") return answerOf(advice, advice);
  if (way === "thrown" || way === "failing") return undefined;
  return refusalResponse({ status: way === "answered 504" ? 504 : 503 });
}

async function measure({ name, advice, load }: Sdk, way: Way): Promise<Measured> {
  const circuit = `${name} ${way}`;
  let isDown = false;
  const protectedFetch = createProtectedFetch({
    name: circuit,
    fallback: answerOf(way, advice),
    failureThreshold: 1000,
    fetch: (input, init) => (isDown ? failing(input, init) : fetch(input, init)),
  });
  const retries = way === "as advised" ? ("as advised" as const) : undefined;
  for (let i = 0; i < 5; i++) await load({ origin, fetch: protectedFetch, retries }); // connections, compilation
  if (way === "failing") isDown = true;
  else circuits.get(circuit)!.open();

  async function once(): Promise<Measured> {
    let attempts = 0;
    const counting: typeof fetch = (input, init) => {
      attempts++;
      return protectedFetch(input, init);
    };
    const startedMs = performance.now();
    const failed = load({ origin, fetch: counting, retries }).then(
      () => Promise.reject(new Error(`${name} took a failure for an answer`)),
      () => {},
    );
    await Promise.race([failed, aWhile(longestOpeningMs)]);
    return { attempts, ms: performance.now() - startedMs };
  }

  const all = [await once()];
  // oxlint-disable-next-line no-await-in-loop
  while (all[0]!.ms < 500 && all.length < 9) all.push(await once());
  return all.sort((a, b) => a.ms - b.ms)[Math.floor(all.length / 2)]!;
}

function inWords({ attempts, ms }: Measured): string {
  if (ms >= longestOpeningMs) return "20 s and more";
  const time = ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
  return attempts === 1 ? time : `${time}, ${attempts} attempts`;
}

console.log(
  "| SDK | closed, upstream answers 500 | refusal thrown | answered 504 | answered 503 | use | then |",
);
console.log("|---|---:|---:|---:|---:|---|---:|");

function row({ name, advice }: Sdk, texts: string[]): string {
  const use = advice === "thrown" ? "throw" : "answer";
  return `| ${[name, ...texts.slice(0, -1), use, texts.at(-1)].join(" | ")} |`;
}

const rows: Array<Promise<string>> = [];
for (const sdk of sdks) {
  const cells: Array<Promise<string>> = [];
  for (const way of ways) {
    const measured = measure(sdk, way).then(inWords);
    cells.push(measured);
    // Those that wait to retry wait beside the others; those that answer at once have the processor for themselves.
    // oxlint-disable-next-line no-await-in-loop
    await Promise.race([measured, aWhile(200)]);
  }
  rows.push(Promise.all(cells).then((texts) => row(sdk, texts)));
}
for (const line of await Promise.all(rows)) console.log(line);
server.closeAllConnections();
server.close();
process.exit(); // those that wait still
