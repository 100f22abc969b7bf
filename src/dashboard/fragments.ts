import { callsChart, latencyChart } from "./charts.ts";
import { encodedName } from "./encoded-name.ts";
import type { CircuitReport } from "./circuit-report.ts";
import { html, type Html } from "./html.ts";
import type { LogLine } from "./recorder.ts";

/** The changing parts of the page: sent with it, and again whenever they are others. */
export interface Fragments {
  readonly summary: string;
  readonly log: string;
  readonly rows: ReadonlyArray<{ readonly id: string; readonly html: string }>;
}

const actions = ["open", "close", "half-open", "reset"] as const;

const labels: Record<(typeof actions)[number], string> = {
  open: "Open",
  close: "Close",
  "half-open": "Half-open",
  reset: "Reset",
};

export function fragments(reports: readonly CircuitReport[], lines: readonly LogLine[]): Fragments {
  return {
    summary: summary(reports).text,
    log: log(lines).text,
    rows: reports.map((report) => ({ id: `circuit-${encodedName(report.name)}`, html: row(report).text })),
  };
}

function summary(reports: readonly CircuitReport[]): Html {
  const of = (state: CircuitReport["state"]): number =>
    reports.filter((report) => report.state === state).length;
  const degraded = reports.filter((report) => report.degraded).length;
  return html`<li class="open"><b>${of("open")}</b> open</li>
    <li class="half-open"><b>${of("half-open")}</b> half-open</li>
    <li class="closed"><b>${of("closed")}</b> closed</li>
    ${degraded > 0 && html`<li class="degraded"><b>${degraded}</b> without their store</li>`}`;
}

function row(report: CircuitReport): Html {
  const { name, state, totals, inFlight } = report;
  const calls = totals.succeeded + totals.failed;
  return html`<tr
    data-name="${name.toLowerCase()}"
    data-state="${state}"
    data-failed="${totals.failed}"
    data-calls="${calls}"
  >
    <th scope="row"><span class="name">${name}</span>${badges(report)}</th>
    <td data-title="State"><span class="state ${state}">${state}</span>${sinceWhen(report)}</td>
    <td data-title="Calls, 5 min">${callsChart(report.slices)}</td>
    <td data-title="Latency">${latencyChart(report.slices)}</td>
    <td data-title="Since start">
      <span class="figure">${calls} calls</span>
      <span class="unit block">${totals.failed} failed, ${totals.refused} refused</span>
      ${inFlight > 0 && html`<span class="unit block">${inFlight} under way</span>`}
    </td>
    <td data-title="Last failure">${report.lastFailure ?? html`<span class="quiet">none</span>`}</td>
    <td class="actions">${actions.map((action) => button(name, action))}</td>
  </tr>`;
}

function badges({ shared, degraded, forced }: CircuitReport): Html[] {
  return [
    ...(shared ? [html` <span class="badge">shared</span>`] : []),
    ...(degraded ? [html` <span class="badge warn">store lost</span>`] : []),
    ...(forced ? [html` <span class="badge warn">forced</span>`] : []),
  ];
}

function sinceWhen({ state, forced, retryAfter, failures }: CircuitReport): Html | string {
  if (forced) return html`<span class="unit">until a command</span>`;
  if (state === "open") return html`<span class="unit">trial in ${Math.ceil(retryAfter / 1000)} s</span>`;
  return failures > 0 ? html`<span class="unit">${failures} towards opening</span>` : "";
}

function button(name: string, action: (typeof actions)[number]): Html {
  return html`<form method="post" action="circuits/${encodedName(name)}/${action}">
    <button aria-label="${labels[action]} ${name}">${labels[action]}</button>
  </form>`;
}

function log(lines: readonly LogLine[]): Html {
  if (lines.length === 0) return html`<li class="quiet">Nothing has changed since somebody looks.</li>`;
  return html`${lines.map(({ at, circuit, text }) => {
    const iso = new Date(at).toISOString();
    return html`<li><time datetime="${iso}">${iso.slice(11, 19)}</time> <b>${circuit}</b> ${text}</li>`;
  })}`;
}
