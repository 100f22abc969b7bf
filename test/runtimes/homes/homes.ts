import { installOpenNext } from "../../opennext/opennext-worker.ts";
import { findChromium } from "../../setup/find-chromium.ts";
import { type Binary, findBun, findDeno, findNode } from "../caller-errors/binaries.ts";
import { findNode20 } from "../node-20.ts";
import type { Upstream } from "../suite/check.ts";
import type { Result } from "../suite/perform.ts";
import { inChromium } from "./in-chromium.ts";
import { inEdgeVm } from "./in-edge-vm.ts";
import { inOpenNext } from "./in-opennext.ts";
import { inProcess } from "./in-process.ts";
import { inWorkerd } from "./in-workerd.ts";
import type { Project } from "./project.ts";

export interface Home {
  readonly name: string;
  readonly perform: (project: Project, upstream: Upstream) => Promise<Result[]>;
  /** Why it cannot be lived in here. */
  readonly missing: string | undefined;
}

/** All of them by `npm run test:homes`; in `npm test` one of each kind. */
const wantsAll = process.env["HOMES"] === "all";
const later = wantsAll ? undefined : "only in npm run test:homes";
const none: Binary = { reason: later ?? "" };

const [node20, node22, node26, bun, deno, openNext] = await Promise.all([
  findNode20(),
  wantsAll ? findNode("22.23.3") : none,
  wantsAll ? findNode("26.10.0") : none,
  findBun(),
  findDeno(),
  wantsAll ? installOpenNext() : { missing: later! },
]);
const browser = findChromium();

const collecting = ["--expose-gc"];
const offline = ["run", "--no-remote", "--no-prompt"];

export const allHomes: readonly Home[] = [
  process_("Node 20.9", node20, collecting),
  process_("Node 22", node22, collecting),
  process_("Node 24", { path: process.execPath }, collecting),
  process_("Node 26", node26, collecting),
  process_("Bun", bun),
  process_("Deno", deno, [...offline, "--allow-all"]),
  // To reach the upstream is all that it may: no environment, no files, nothing of the system.
  process_("Deno without permissions", deno, [...offline, "--allow-net=127.0.0.1"]),
  { name: "Vercel's edge runtime", perform: inEdgeVm, missing: undefined },
  workerd("workerd", []),
  workerd("workerd with nodejs_compat", ["nodejs_compat"]),
  workerd("workerd with enable_request_signal", ["enable_request_signal"]),
  {
    name: "OpenNext's build in workerd",
    perform: (project, upstream) =>
      inOpenNext(project, upstream, (openNext as { readonly folder: string }).folder),
    missing: "missing" in openNext ? openNext.missing : undefined,
  },
  {
    name: "Chromium",
    perform: (project, upstream) => inChromium(project, upstream, browser!),
    missing: browser ? undefined : "no Chromium: set CHROMIUM_PATH",
  },
];

const often = new Set([
  "Node 20.9",
  "Node 24",
  "Bun",
  "Deno without permissions",
  "Vercel's edge runtime",
  "workerd",
]);
export const homes = wantsAll ? allHomes : allHomes.filter(({ name }) => often.has(name));

function process_(name: string, { path, reason }: Partial<Binary>, flags: readonly string[] = []): Home {
  return {
    name,
    perform: (project, upstream) => inProcess(project, upstream, path!, flags),
    missing: reason,
  };
}

function workerd(name: string, flags: string[]): Home {
  return { name, perform: (project, upstream) => inWorkerd(project, upstream, flags), missing: undefined };
}
