import type { FleetCircuit } from "../operations/fleet-report.ts";
import { isNoteworthy } from "../operations/fleet-report.ts";
import { counted } from "../operations/in-figures.ts";
import { encodedName } from "./encoded-name.ts";
import { type FleetLook, mostListed } from "./fleet-look.ts";
import { fleetCard, fleetRow, storeItem } from "./fleet-parts.ts";
import { html } from "./html.ts";
import { onePage, pager, type View } from "./view.ts";
import type { Item, Parts } from "./page-parts.ts";

const mostCards = 24;

interface Seen {
  readonly circuit: FleetCircuit;
  readonly look: FleetLook;
}

/** The changing parts of the fleet's page. */
export function fleetParts(looks: readonly FleetLook[], view: View): Parts {
  const all = looks.flatMap((look) =>
    typeof look.report === "object" ? look.report.circuits.map((circuit) => ({ circuit, look })) : [],
  );
  const wanted = all.filter(({ circuit }) => isWanted(circuit, view));
  const cards = wanted.filter(({ circuit }) => isNoteworthy(circuit)).slice(0, mostCards);
  const shown = new Set(cards);
  const rest = wanted.filter((seen) => !shown.has(seen));
  const pages = Math.max(1, Math.ceil(rest.length / onePage));
  const page = Math.min(view.page, pages);
  const rows = rest.slice((page - 1) * onePage, page * onePage);
  const idOf = (kind: string, { circuit, look }: Seen): string =>
    `${kind}-${look.store}-${encodedName(circuit.name)}`;
  return {
    verdict: verdict(all, looks),
    pager: pager(rest.length, page, pages, view, "fleet"),
    stores: looks.map((look): Item => ({
      id: `store-${look.store}`,
      html: storeItem(look, looks.length === 1).text,
    })),
    attention: cards.map((seen) => ({
      id: idOf("card", seen),
      html: fleetCard(seen.circuit, seen.look).text,
    })),
    circuits: rows.map((seen) => ({ id: idOf("row", seen), html: fleetRow(seen.circuit, seen.look).text })),
    incidents: [],
    timeline: [],
  };
}

function isWanted({ name, state }: FleetCircuit, view: View): boolean {
  return (view.state === "" || state === view.state) && name.toLowerCase().includes(view.find.toLowerCase());
}

/** What is broken in the whole fleet, in one line. */
function verdict(all: readonly Seen[], looks: readonly FleetLook[]): string {
  const some = (is: (circuit: FleetCircuit) => boolean): number =>
    all.filter(({ circuit }) => is(circuit)).length;
  const counts = [
    [some(({ state, held }) => state === "open" && !held), "broken"],
    [some(({ state }) => state === "half-open"), "recovering"],
    [some(({ state, held }) => state === "open" && held), "held open"],
    [some(({ state, held }) => state === "closed" && held), "held closed"],
    [some(({ state }) => state === "unknown"), "not readable"],
  ] as const;
  const silent = looks.filter(({ report }) => report === "no answer").length;
  const told = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const isBad = counts[0][0] > 0 || silent > 0;
  const words = [
    ...(silent > 0 ? [silent === 1 ? "The store does not answer" : `${silent} stores do not answer`] : []),
    ...told,
  ];
  const calm =
    all.length === 0 ? "Nothing has happened to any shared circuit." : "All shared circuits are closed.";
  return html`<strong
      role="status"
      data-part="words"
      class="${isBad ? "bad" : words.length > 0 ? "warn" : "good"}"
      >${words.length > 0 ? words.join(", ") : (whyNothing(looks) ?? calm)}</strong
    >
    <span data-part="load">${extent(all.length, looks)}</span>`.text;
}

function whyNothing(looks: readonly FleetLook[]): string | undefined {
  if (looks.length === 0) return "No circuit of this process has a store.";
  if (looks.every(({ report }) => report === "cannot list")) return "The store cannot list its circuits.";
  return undefined;
}

function extent(circuits: number, looks: readonly FleetLook[]): string {
  const isCutShort = looks.some(({ report }) => typeof report === "object" && report.isCutShort);
  if (circuits === 0 && !isCutShort) return "";
  const known = `${counted(circuits, "circuit")} with a record`;
  return isCutShort ? `${known}; there may be more: no more than ${mostListed} are read` : known;
}
