import type { Slice } from "./buckets.ts";
import { callsChart } from "./charts.ts";
import type { CircuitReport } from "./circuit-report.ts";
import { controls } from "./controls.ts";
import { encodedName } from "./encoded-name.ts";
import { html, type Html } from "./html.ts";
import { counted, durationInWords, inFigures, percent } from "../operations/in-figures.ts";
import type { Entry } from "./journal.ts";
import type { Item } from "./page-parts.ts";
import { moment, untilWhen } from "./timeline.ts";

/** What is shown of a circuit beside its report. */
export interface Shown {
  readonly report: CircuitReport;
  /** Milliseconds since 1970. */
  readonly epoch: number;
  readonly slices: readonly Slice[];
  readonly minutes: readonly Slice[];
  /** The last trials that failed, where it is not closed. */
  readonly trials: Entry | undefined;
}

const slices = 30;
const minutes = 60;

/** A circuit that needs attention: everything about it, without a click. */
export function card(shown: Shown): Item {
  const { report, slices: ofMinutes, minutes: ofHour } = shown;
  const name = html`<h3 data-part="name"><span class="name">${report.name}</span> ${badges(report)}</h3>`;
  const five = html`<span data-part="minutes5">${callsChart(ofMinutes, slices, "last 5 minutes")}</span>`;
  const hour = html`<span data-part="hour">${callsChart(ofHour, minutes, "last hour")}</span>`;
  const [now, figures, buttons] = [story(shown), numbers(report), controls(report)];
  return item(
    `card-${encodedName(report.name)}`,
    html`<li class="card ${report.state} ${report.mode}"></li>`,
    [name, now, figures, five, hour, buttons],
    html`${name} ${now} ${figures}
      <div class="charts">
        <figure>
          ${five}
          <figcaption>last 5 minutes</figcaption>
        </figure>
        <figure>
          ${hour}
          <figcaption>last hour</figcaption>
        </figure>
      </div>
      ${buttons}`,
  );
}

/** A circuit in one line; the rest of it when asked. */
export function row(shown: Shown): Item {
  const { report } = shown;
  const { recent } = report;
  const made = recent.succeeded + recent.failed;
  const name = html`<span class="who" data-part="name"
    ><span class="name">${report.name}</span> ${badges(report)}</span
  >`;
  const is = html`<span data-part="state">${state(report)}</span>`;
  const spark = html`<span class="spark" data-part="spark"
    >${callsChart(shown.slices, slices, "last 5 minutes")}</span
  >`;
  const short = html`<span class="figures" data-part="figures">
    <span>${inFigures(made)} <span class="unit">calls</span></span>
    <span class="${recent.failed > 0 ? "warn" : ""}"
      >${percent(recent.failed, made)} <span class="unit">failed</span></span
    >
    <span>${recent.p95Ms === null ? "–" : durationInWords(recent.p95Ms)} <span class="unit">p95</span></span>
  </span>`;
  const [now, figures, buttons] = [story(shown), numbers(report), controls(report)];
  return item(
    `row-${encodedName(report.name)}`,
    html`<li class="row ${report.mode}"></li>`,
    [name, is, spark, short, now, figures, buttons],
    html`<details>
      <summary>${name} ${is} ${spark} ${short}</summary>
      ${now} ${figures} ${buttons}
    </details>`,
  );
}

function item(id: string, tag: Html, parts: readonly Html[], inside: Html): Item {
  const begin = tag.text.replace("</li>", "");
  const pieces = { tag: begin, parts: parts.map(({ text }) => text) };
  return { id, html: `${begin}${inside.text}</li>`, pieces };
}

function numbers(report: CircuitReport): Html {
  const { recent, totals, inFlight, maxConcurrent } = report;
  const made = recent.succeeded + recent.failed;
  return html`<dl data-part="numbers">
    ${figure("refused, last 30 s", refusedInWords(report))}
    ${recent.substituted > 0 && figure("answered in their place", counted(recent.substituted, "call"))}
    ${figure("failed, last 30 s", `${percent(recent.failed, made)} of ${counted(made, "call")}`)}
    ${figure("95 % faster than", recent.p95Ms === null ? "not measured" : durationInWords(recent.p95Ms))}
    ${figure("under way", maxConcurrent === undefined ? inFigures(inFlight) : `${inFlight} of ${maxConcurrent}`)}
    ${figure("last failure", report.lastFailure ?? "none")}
    ${figure(
      "in total",
      `${counted(totals.succeeded + totals.failed, "call")}, ${inFigures(totals.failed)} failed, ${inFigures(totals.refused)} refused`,
    )}
  </dl>`;
}

function figure(label: string, value: string): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

function refusedInWords({ recent, mode }: CircuitReport): string {
  const { refused, observed, succeeded, failed } = recent;
  if (observed > 0 || mode === "observe") {
    return `${inFigures(refused)}; ${inFigures(observed)} would have been (observed)`;
  }
  return `${counted(refused, "call")}, ${percent(refused, refused + succeeded + failed)}`;
}

/** The state in a shape and a word. */
function state({ state: now, held }: CircuitReport): Html {
  const words = { open: "open", "half-open": "trying", closed: "closed" }[now];
  return html`<span class="state ${now}">${held ? `held ${words}` : words}</span>`;
}

function badges({ shared, degraded, mode, recent, inFlight, maxConcurrent }: CircuitReport): Html[] {
  return [
    ...(mode === "observe" ? [html`<span class="badge">only observed</span>`] : []),
    ...(shared ? [html` <span class="badge">shared</span>`] : []),
    ...(degraded ? [html` <span class="badge bad">store lost</span>`] : []),
    ...(maxConcurrent !== undefined && inFlight >= maxConcurrent && recent.refused > 0
      ? [html` <span class="badge bad">full</span>`]
      : []),
  ];
}

function story(shown: Shown): Html {
  return html`<p class="now" data-part="now">${state(shown.report)} ${lately(shown)}</p>`;
}

/** Since when, by what, what comes next. No age is written here: what does not change is not sent again. */
function lately({ report, epoch, trials }: Shown): Html {
  const since = report.notClosedSince ?? report.since;
  const lasting =
    since === undefined ? "" : html`<span data-since="${Math.round(since)}">since ${moment(since)}</span>.`;
  if (report.state === "closed") {
    const failing = report.failures > 0 ? ` ${counted(report.failures, "failure")} towards opening.` : "";
    const held = report.held ? html` Every call is let through. ${untilWhen(report.heldMs ?? 0, epoch)}` : "";
    return html`${report.since === undefined ? "Has never opened." : lasting}${held}${failing}`;
  }
  const by = report.openedBy === undefined ? "" : ` Opened by ${openedBy(report.openedBy)}.`;
  const tried =
    trials === undefined
      ? ""
      : ` ${counted(trials.times, "trial")} failed since${trials.failure === undefined ? "" : ` (${trials.failure})`}.`;
  return html`${lasting}${by}${tried}${next(report, epoch)}`;
}

function openedBy(cause: string): string {
  return (
    { calls: "its calls", command: "a command", fleet: "the fleet", time: "the passing of time" }[cause] ??
    cause
  );
}

function next({ state: now, retryAfter, held }: CircuitReport, epoch: number): Html {
  if (held) return html` ${untilWhen(0, epoch)}`;
  if (now === "half-open") return html` The next calls are trials.`;
  const at = Math.round((epoch + (retryAfter ?? 0)) / 1000) * 1000;
  return html` Next trial <span data-until="${at}">at ${moment(at)}</span>.`;
}
