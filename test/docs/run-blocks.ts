/**
 * Runs the code blocks of one document in a process of its own, as an app would: evaluates each file, then uses what it
 * exports. No request leaves: the global fetch answers by itself. Prints what was done with each block.
 */
import { pathToFileURL } from "node:url";
import { AppRouterContext } from "next/dist/shared/lib/app-router-context.shared-runtime.js";
import { NextRequest } from "next/server.js";
import { createElement, type FunctionComponent } from "react";
import { renderToStaticMarkup } from "react-dom/server";

export interface Ran {
  readonly path: string;
  /** What was used of it. */
  readonly used: readonly string[];
  readonly error?: string;
}

// What the snippets take for granted.
Object.assign(globalThis, {
  chargeCard: (cents: number) => Promise.resolve(`charged ${cents}`),
  CardDeclined: class extends Error {},
  placeOrder: () => Promise.resolve({ done: true }),
  sessionOf: () => Promise.resolve(undefined),
  flags: { protego: true },
  fetch: () => Promise.resolve(Response.json({ data: {}, choices: [] })),
});
Object.assign(process.env, {
  UPSTASH_REDIS_REST_URL: "https://store.test",
  UPSTASH_REDIS_REST_TOKEN: "token",
  OPENAI_API_KEY: "key",
  STRIPE_SECRET_KEY: "sk_test_1",
  SUPABASE_ANON_KEY: "key",
});

type Exported = (...args: unknown[]) => unknown;

/** What an error page shows of a refusal, rendered as Next does: its hooks find a router. */
function shownByErrorPage(page: Exported): string {
  const error = Object.assign(new Error("broken"), { digest: "PROTEGO_CIRCUIT_OPEN;shop;5" });
  const props = { error, reset() {}, retry() {} };
  const element = createElement(page as FunctionComponent<typeof props>, props);
  return renderToStaticMarkup(createElement(AppRouterContext.Provider, { value: {} as never }, element));
}

/** How an app uses an export of this name; undefined for one that is only handed on. */
function useOf(name: string, path: string): ((exported: Exported) => unknown) | undefined {
  if (name === "GET" || name === "POST") {
    const params = Promise.resolve({ id: "1", path: [] });
    return (handler) => handler(new NextRequest("http://localhost/api", { method: name }), { params });
  }
  if (name === "proxy") return (proxy) => proxy(new NextRequest("http://localhost/products"));
  if (name === "default" && path.endsWith("error.mjs")) return shownByErrorPage;
  if (name === "default") return (component) => component({ error: new Error("broken"), reset() {} });
  if (/fetch$/i.test(name)) return (fetch) => fetch("https://api.example.com/products");
  if (["charge", "order", "register", "refusalIn"].includes(name)) return (call) => call("1");
  return undefined;
}

function isRight(name: string, result: unknown): boolean {
  if (/^(?:GET|POST|proxy)$|fetch$/i.test(name)) return result instanceof Response && result.status < 500;
  if (typeof result === "string") return result !== "";
  return name !== "default" || (result as { type?: unknown } | undefined)?.type !== undefined;
}

async function run(path: string): Promise<Ran> {
  const used: string[] = [];
  try {
    const block = (await import(pathToFileURL(path).href)) as Record<string, Exported>;
    for (const [name, exported] of Object.entries(block)) {
      const use = useOf(name, path);
      if (!use) continue;
      // oxlint-disable-next-line no-await-in-loop
      if (!isRight(name, await use(exported))) throw new Error(`${name} answered something else`);
      used.push(name);
    }
    return { path, used };
  } catch (error) {
    return { path, used, error: String((error as Error).stack ?? error) };
  }
}

const ran: Ran[] = [];
for (const path of process.argv.slice(2)) ran.push(await run(path));
process.stdout.write(`\n${JSON.stringify(ran)}`, () => process.exit(0));
