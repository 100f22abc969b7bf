import type { CircuitState } from "../core/phase.ts";
import type { CircuitReport } from "./circuit-report.ts";
import { html } from "./html.ts";
import { counted } from "../operations/in-figures.ts";
import { type Look, needsAttention } from "./look.ts";
import type { Parts } from "./page-parts.ts";
import { entryItem, incidentItem } from "./timeline.ts";

/** What of all circuits somebody looks at. */
export interface View {
  readonly find: string;
  readonly state: CircuitState | "";
  /** From 1. */
  readonly page: number;
}

export const onePage = 100;
const mostCards = 12;
const mostLines = 60;
const mostIncidents = 10;

export function viewOf(url: string): View {
  const { searchParams } = new URL(url);
  const state = searchParams.get("state") ?? "";
  const page = Number(searchParams.get("page") ?? 1);
  return {
    find: (searchParams.get("find") ?? "").slice(0, 200),
    state: state === "open" || state === "half-open" || state === "closed" ? state : "",
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

/** Made once for all who look at the same in the same second. */
export function partsOf(look: Look, view: View): Parts {
  const key = addressOf(view);
  const parts = look.views.get(key) ?? newParts(look, view);
  look.views.set(key, parts);
  return parts;
}

function newParts(look: Look, view: View): Parts {
  const isAll = view.state === "" && view.find === "";
  const wanted = isAll ? look.reports : look.reports.filter((report) => isWanted(report, view));
  const needy = isAll ? look.needy : wanted.filter(needsAttention).length;
  const cards = wanted.slice(0, Math.min(needy, mostCards));
  const rest = wanted.slice(cards.length);
  const pages = Math.max(1, Math.ceil(rest.length / onePage));
  const page = Math.min(view.page, pages);
  const rows = rest.slice((page - 1) * onePage, page * onePage);
  const { journal } = look.history;
  return {
    verdict: look.verdict,
    pager: pager(rest.length, page, pages, view),
    attention: cards.map((report) => look.cardOf(report)),
    circuits: rows.map((report) => look.rowOf(report)),
    incidents: journal.incidents
      .slice(0, mostIncidents)
      .map((incident) => ({ id: `incident-${incident.id}`, html: incidentItem(incident).text })),
    timeline: journal.entries
      .slice(0, mostLines)
      .map((entry) => ({ id: `entry-${entry.id}`, html: entryItem(entry).text })),
  };
}

function isWanted({ name, state }: CircuitReport, view: View): boolean {
  return (view.state === "" || state === view.state) && name.toLowerCase().includes(view.find.toLowerCase());
}

/** @param place what the address of the page ends with */
export function pager(found: number, page: number, pages: number, view: View, place = ""): string {
  if (found === 0) return html`<span class="quiet">No other circuit to show.</span>`.text;
  const first = (page - 1) * onePage + 1;
  const last = Math.min(found, page * onePage);
  const to = (other: number, words: string) =>
    other >= 1 && other <= pages
      ? html`<a href="${place}?${addressOf({ ...view, page: other })}">${words}</a>`
      : "";
  return html`<span>${pages === 1 ? counted(found, "circuit") : `${first} to ${last} of ${found}`}</span>
    ${to(page - 1, "Previous")} ${to(page + 1, "Next")}`.text;
}

/** As the query of an address. */
function addressOf({ find, state, page }: View): string {
  const query = new URLSearchParams();
  if (find !== "") query.set("find", find);
  if (state !== "") query.set("state", state);
  if (page > 1) query.set("page", String(page));
  return query.toString();
}
