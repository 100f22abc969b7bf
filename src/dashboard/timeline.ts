import { entryInWords } from "./entry-in-words.ts";
import { html, type Html } from "./html.ts";
import { counted, durationInWords } from "../operations/in-figures.ts";
import { summaryOf } from "./incident-report.ts";
import type { Entry, Incident } from "./journal.ts";

/** A moment: in UTC until the page's script writes it in the reader's own time. */
export function moment(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" data-clock>${iso.slice(11, 19)} UTC</time>`;
}

/** How long a hold still lasts. @param heldMs 0 where it has no end */
export function untilWhen(heldMs: number, epoch: number): Html {
  if (heldMs <= 0) return html`Stays so until somebody releases it.`;
  const at = Math.round((epoch + heldMs) / 1000) * 1000;
  return html`Its hold ends <span data-until="${at}">at ${moment(at)}</span>.`;
}

export function entryItem(entry: Entry): Html {
  const until = entry.until > entry.at ? html`–${moment(entry.until)}` : "";
  return html`<li class="${entry.kind.replace(" ", "-")}">
    <span data-part="when">${moment(entry.at)}${until}</span> <b>${entry.circuit}</b>
    <span data-part="what">${entryInWords(entry)}</span>
  </li>`;
}

export function incidentItem(incident: Incident): Html {
  const { id, circuit, beganAt, endedAt } = incident;
  const { refused, failed, trials } = summaryOf(incident);
  const lasted =
    endedAt === undefined
      ? html`since ${moment(beganAt)}`
      : html`${moment(beganAt)}–${moment(endedAt)}, ${durationInWords(endedAt - beganAt)}`;
  const cause = incident.entries.find(({ kind }) => kind === "opened");
  return html`<li>
    <span data-part="what"
      ><b>${circuit}</b> ${lasted}:
      ${cause?.failure ?? cause?.reason ?? "command"}${cause?.observed && " (only observed)"}${
        endedAt !== undefined &&
        html`, ${counted(refused, "call")} refused, ${failed} failed,
        ${counted(trials, "round of trials", "rounds of trials")}`
      }</span
    >
    <a href="incidents/${id}.md" aria-label="Report of the incident of ${circuit} as Markdown">report</a>
    <a href="incidents/${id}" aria-label="Report of the incident of ${circuit} as JSON">JSON</a>
  </li>`;
}
