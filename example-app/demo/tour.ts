import { setTimeout as pause } from "node:timers/promises";
import { dashboardToken } from "../lib/dashboard-token.ts";
import { fleetInTerminal } from "./fleet-in-terminal.ts";
import type { Status } from "../app/api/demo/status/route.ts";

interface Region {
  readonly name: string;
  readonly url: string;
}

/** What the app itself does not know of. */
interface Elsewhere {
  readonly worker: string | undefined;
  /** How the store is found, where there is one. */
  readonly store: Record<string, string> | undefined;
}

/** Plays the demo's story by itself, and prints what happened when. */
export async function tour(regions: readonly Region[], { worker, store: access }: Elsewhere): Promise<void> {
  const beganAt = performance.now();
  const home = regions[0]!.url;
  let saved = 0;

  const tell = (line: string): void => {
    const seconds = ((performance.now() - beganAt) / 1000).toFixed(1).padStart(6);
    console.log(`  ${seconds} s  ${line}`);
  };
  const status = async (): Promise<Status> =>
    (await (await fetch(`${home}/api/demo/status`)).json()) as Status;
  const become = async (mode: string): Promise<void> => {
    await fetch(`${home}/api/demo/upstream`, { method: "PUT", body: mode });
    tell(`the shop API is ${mode}`);
  };
  const states = async (): Promise<string> =>
    (await status()).regions
      .map(({ name, circuits }) => `${name} ${circuits.find((each) => each.name === "shop-api")!.state}`)
      .join(", ");
  const send = async (times: number, path: string): Promise<void> => {
    const before = (await status()).upstream.hits;
    const startedAt = performance.now();
    const found: string[] = [];
    for (let i = 0; i < times; i++) {
      const response = await fetch(regions[i % regions.length]!.url + path);
      const body = await response.text();
      found.push(body.includes("data-stale") ? `${response.status} stale` : String(response.status));
    }
    const ms = Math.round((performance.now() - startedAt) / times);
    const hits = (await status()).upstream.hits - before;
    saved += times - hits;
    const counts = [...new Set(found)].map(
      (each) => `${found.filter((one) => one === each).length} × ${each}`,
    );
    tell(
      `${times} to ${path}: ${counts.join(", ")}; ${ms} ms each, ${hits} reached the shop API (${await states()})`,
    );
  };

  console.log("\n  The tour\n");
  const spentBefore = (await status()).store;
  await send(10, "/products/stale");
  await become("hanging");
  await send(10, "/products");
  await send(20, "/api/orders");
  if (worker) {
    let refused = 0;
    for (let i = 0; i < 10; i++) {
      if ((await fetch(`${worker}/api/orders`)).status === 503) refused++;
    }
    saved += refused;
    tell(`10 to the worker, which has not called the shop API yet: ${refused} × 503`);
  }
  if (access) console.log(indented("\nnpx next-protego status", await fleetInTerminal(access)));
  await send(10, "/products/stale");
  await send(10, "/prices");
  await become("healthy");
  tell("ten seconds until the trials …");
  await pause(10_500);
  await send(10, "/api/orders");
  await pause(1_500);
  await send(10, "/products");
  const { store } = await status();
  if (store && spentBefore) {
    const requests = store.requests - spentBefore.requests;
    tell(
      `the store was asked ${requests} times: ${store.commands - spentBefore.commands} commands to pay for`,
    );
  }
  tell(`${saved} calls were answered without the shop API`);
  console.log(
    indented(`\nWhat ${regions[0]!.name} remembers of it, to be handed on`, await lastIncident(home)),
  );
}

/** The report of the shop's outage, as the dashboard has it. */
async function lastIncident(home: string): Promise<string> {
  const headers = { authorization: `Bearer ${dashboardToken}` };
  const answer = await fetch(`${home}/protego/incidents`, { headers });
  const { incidents } = (await answer.json()) as { incidents: Array<{ id: number; circuit: string }> };
  const found = incidents.find(({ circuit }) => circuit === "shop-api");
  if (!found) return "nothing";
  return (await fetch(`${home}/protego/incidents/${found.id}.md`, { headers })).text();
}

function indented(title: string, text: string): string {
  return `${title}\n\n${text}`.replaceAll(/^/gm, "  ");
}
