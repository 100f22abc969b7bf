import type { DashboardOptions } from "../../../src/dashboard/create-dashboard.ts";
import { equal, match } from "./assert.ts";
import type { Api, Check } from "./check.ts";

const token = "a token of many characters";
const base = "https://app.example/circuits";

let serial = 0;

/** The page's handler with a circuit to look at, asked by somebody who may. */
function dashboard(api: Api, options: DashboardOptions = {}) {
  const name = `on the page ${++serial}`;
  api.circuits.register(name).open();
  const lines: string[] = [];
  const { fetch } = api.createDashboard({
    authorize: token,
    audit: (line) => void lines.push(line),
    basePath: "/circuits",
    ...options,
  });
  const ask = (path: string, init: RequestInit = {}, authorization = `Bearer ${token}`): Promise<Response> =>
    fetch(new Request(base + path, { ...init, headers: { authorization, ...(init.headers as object) } }));
  return { name, lines, ask };
}

async function refused(response: Response, status: number, name: string): Promise<void> {
  equal(response.status, status, "the status");
  equal((await response.text()).includes(name), false, "whether it tells of circuits");
}

export const dashboards: Check[] = [
  {
    name: "the dashboard's page names the circuit, and is never cached",
    async run(api) {
      const { name, ask } = dashboard(api);
      const response = await ask("");
      match(response.headers.get("content-type"), /^text\/html/, "its type");
      equal([response.status, response.headers.get("cache-control")], [200, "no-store"], "the answer");
      equal((await response.text()).includes(name), true, "whether it names the circuit");
    },
  },
  {
    name: "the dashboard's JSON tells the state",
    async run(api) {
      const { name, ask } = dashboard(api);
      const { circuits } = (await (await ask("/circuits")).json()) as {
        circuits: Array<{ name: string; state: string }>;
      };
      equal(circuits.find((one) => one.name === name)?.state, "open", "the state");
    },
  },
  {
    name: "the dashboard's metrics are Prometheus' text",
    async run(api) {
      const { name, ask } = dashboard(api);
      const response = await ask("/metrics");
      match(response.headers.get("content-type"), /^text\/plain/, "its type");
      equal((await response.text()).includes(`protego_state{protego_circuit_name="${name}"`), true, "a line");
    },
  },
  {
    name: "the dashboard's stream begins with what is there, and ends when its reader leaves",
    async run(api) {
      const { ask } = dashboard(api);
      const reader = (await ask("/events")).body!.getReader();
      const { value } = await reader.read();
      match(new TextDecoder().decode(value), /^retry: \d+\ndata: \{/, "the first event");
      await reader.cancel();
    },
  },
  {
    name: "a command of the dashboard's steers the circuit and is written down",
    async run(api) {
      const { name, ask, lines } = dashboard(api);
      const headers = { "sec-fetch-site": "same-origin" };
      const path = `/circuits/${encodeURIComponent(name)}/close`;
      equal((await ask(path, { method: "POST", headers })).status, 200, "the status");
      equal(api.circuits.get(name)?.state, "closed", "the state");
      equal([lines.length, lines[0]?.includes(name)], [1, true], "the line");
    },
  },
  {
    name: "the dashboard is closed to whoever has no token, or the wrong one",
    async run(api) {
      const { name, ask } = dashboard(api);
      await refused(await ask("", {}, ""), 401, name);
      await refused(await ask("", {}, "Bearer of another token than that"), 401, name);
      await refused(await dashboard(api, { authorize: () => false }).ask(""), 403, name);
    },
  },
  {
    name: "the dashboard answers 404 and 405 for what is not there",
    async run(api) {
      const { name, ask } = dashboard(api);
      await refused(await ask("/nothing/of/the/kind"), 404, name);
      await refused(await ask("", { method: "DELETE" }), 405, name);
    },
  },
  {
    name: "metrics for OpenTelemetry can be asked for where there is none",
    run(api) {
      const stop = api.instrumentCircuits();
      equal(typeof stop, "function", "what stops it");
      stop();
    },
  },
  {
    name: "a guard of paths answers 503 for those whose circuit is open, and lets the others pass",
    run(api) {
      const name = "guarded";
      api.circuits.register(name).open();
      const guard = api.proxyGuard([{ path: "/shop", circuits: [name] }]);
      const answer = guard({ url: "https://app.example/shop" } as never);
      equal([answer?.status, answer?.headers.get("cache-control")], [503, "no-store"], "the guarded path");
      equal(guard({ url: "https://app.example/about" } as never), undefined, "another path");
      api.circuits.get(name)!.close();
      equal(guard({ url: "https://app.example/shop" } as never), undefined, "once it is closed");
    },
  },
  {
    name: "circuits are logged to the app's own logger",
    run(api) {
      const lines: string[] = [];
      const log = (line: string): void => void lines.push(line);
      const leave = api.circuits.subscribe(api.logTo({ info: log, warn: log }));
      api.circuits.register("logged").open();
      leave();
      match(lines.join("\n"), /logged/, "the lines");
    },
  },
];
