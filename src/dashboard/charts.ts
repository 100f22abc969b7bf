import { html, type Html } from "./html.ts";
import { type Slice, slices } from "./recorder.ts";

const width = 5;
const height = 28;

/** Calls of the last five minutes as stacked bars: what succeeded, what failed, what was refused. */
export function callsChart(all: readonly Slice[]): Html {
  const sum = (key: "succeeded" | "failed" | "refused"): number =>
    all.reduce((total, slice) => total + slice[key], 0);
  const [succeeded, failed, refused] = [sum("succeeded"), sum("failed"), sum("refused")];
  if (succeeded + failed + refused === 0) return html`<span class="quiet">no calls</span>`;
  const most = Math.max(...all.map((slice) => slice.succeeded + slice.failed + slice.refused));
  const share = succeeded + failed > 0 ? Math.round((100 * failed) / (succeeded + failed)) : 0;
  const label = `Last five minutes: ${succeeded} succeeded, ${failed} failed, ${refused} refused`;
  return html`<span class="chart">
    <svg viewBox="0 0 ${slices * width} ${height}" role="img" aria-label="${label}">
      ${all.map((slice, index) => bar(slice, index + slices - all.length, most))}
    </svg>
    <span class="figure">${share} % <span class="unit">failed</span></span>
  </span>`;
}

function bar(slice: Slice, index: number, most: number): Html[] {
  let top = height;
  return (["succeeded", "failed", "refused"] as const).map((key) => {
    const size = Math.round((slice[key] / most) * height * 10) / 10;
    top -= size;
    const y = Math.round(top * 10) / 10;
    return size > 0
      ? html`<rect class="${key}" x="${index * width}" y="${y}" width="${width - 1}" height="${size}" />`
      : html``;
  });
}

/** Mean latency of the last five minutes as a line. */
export function latencyChart(all: readonly Slice[]): Html {
  const means = all.map(({ succeeded, failed, totalMs }) =>
    succeeded + failed > 0 ? totalMs / (succeeded + failed) : undefined,
  );
  const known = means.filter((mean) => mean !== undefined);
  if (known.length === 0) return html`<span class="quiet">–</span>`;
  const longest = Math.max(...known, 1);
  const points = means
    .map((mean, index) => ({ mean, x: (index + slices - all.length + 0.5) * width }))
    .filter(({ mean }) => mean !== undefined)
    .map(({ mean, x }) => `${x},${Math.round((height - 2 - (mean! / longest) * (height - 4)) * 10) / 10}`);
  const latest = inWords(known.at(-1)!);
  return html`<span class="chart">
    <svg viewBox="0 0 ${slices * width} ${height}" role="img" aria-label="Mean latency, latest ${latest}">
      <polyline class="latency" points="${points.join(" ")}" />
      ${points.length === 1 ? dot(points[0]!) : ""}
    </svg>
    <span class="figure">${latest}</span>
  </span>`;
}

function dot(point: string): Html {
  const [x, y] = point.split(",");
  return html`<circle class="latency" cx="${x}" cy="${y}" r="2" />`;
}

function inWords(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
