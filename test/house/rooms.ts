/** One room of `src`: a folder. */
export interface Room {
  /** The question that a reader finds answered there. */
  readonly asks: string;
  /** The rooms that it may import from. */
  readonly imports: readonly string[];
  /** What it may do that no other room may. */
  readonly mayUse?: "Next's code" | "Node's built-ins";
  /** Decides only: no clock, no network, no globals. */
  readonly isPure?: true;
}

/**
 * Who may import whom. `oxlint.config.ts` makes the linter's rules of this table, and the table in ARCHITECTURE.md is
 * {@link tableOfRooms}; `house.test.ts` tries each wall, and fails for a folder that is not here.
 */
export const rooms: Readonly<Record<string, Room>> = {
  next: {
    asks: "what do Next's routes, actions, proxy and API routes need?",
    imports: ["http", "breaker", "core", "runtime"],
  },
  stores: {
    asks: "where does the fleet's record live: one store, one file, over the script or over `storeStep`",
    imports: ["sharing", "breaker", "core", "runtime"],
  },
  sharing: {
    asks: "how do isolates agree: what is told to the store, when, and what is made of its answers",
    imports: ["breaker", "core", "runtime"],
  },
  dashboard: {
    asks: "what does a person with an outage want to see and do? Page, history, incidents, metrics, stream, fleet, commands",
    imports: ["operations", "telemetry", "http", "next", "breaker", "core", "runtime"],
  },
  "command-line": {
    asks: "how is a fleet seen and steered from a terminal? Alone with Node's built-ins; nobody imports it",
    imports: ["operations", "stores", "sharing", "breaker", "core", "runtime"],
    mayUse: "Node's built-ins",
  },
  operations: {
    asks: "what does a person see and do of a whole fleet, by its store?",
    imports: ["breaker", "core", "runtime"],
  },
  telemetry: { asks: "how is it told to OpenTelemetry?", imports: ["breaker", "core", "runtime"] },
  testing: {
    asks: "what does a user's test need: time, states, a clean start, the contract of a store?",
    imports: ["breaker", "core", "runtime"],
  },
  http: {
    asks: "what does a fetch, a Request, a Response, a body mean to a breaker?",
    imports: ["breaker", "core", "runtime"],
  },
  breaker: {
    asks: "who runs one circuit: its record, registry, listeners, options, deadlines",
    imports: ["core", "runtime"],
  },
  runtime: {
    asks: "what does the place we run in tell us: clock, build phase, render scope, control flow?",
    imports: [],
    mayUse: "Next's code",
  },
  core: {
    asks: "what is decided? Pure functions of (phase, event, policy, now)",
    imports: [],
    isPure: true,
  },
};

/** What a room that decides only may not name. */
export const forbiddenToThePure = [
  "Date",
  "performance",
  "fetch",
  "setTimeout",
  "setInterval",
  "globalThis",
  "process",
  "crypto",
  "console",
] as const;

/** The table as ARCHITECTURE.md has it. */
export function tableOfRooms(): string {
  const rows = Object.entries(rooms).map(([name, { asks, imports }]) => {
    const allowed = imports.map((room) => `\`${room}\``).join(", ") || "nothing";
    return `| \`src/${name}/\` | ${asks} | ${allowed} |`;
  });
  return [
    "| room | question it answers | may import |",
    "|---|---|---|",
    "| `src/*.ts` | what can be imported from outside? Only exports; nobody imports an entry | every room |",
    ...rows,
  ].join("\n");
}
