import type { Slice } from "./buckets.ts";
import { html, type Html } from "./html.ts";
import { counted } from "../operations/in-figures.ts";

const step = 5;
const height = 28;

/**
 * Calls in time as bars: filled what succeeded, hatched what failed, outlined what was refused. They differ in texture
 * and lightness, not in colour alone.
 *
 * @param slices oldest first; nothing where nothing was counted
 * @param many how many slices fit
 */
export function callsChart(slices: readonly Slice[], many: number, span: string): Html {
  const refusedIn = (slice: Slice): number => slice.refused + slice.observed;
  const most = Math.max(0, ...slices.map((slice) => slice.succeeded + slice.failed + refusedIn(slice)));
  if (most === 0) return html`<span class="quiet chart-none">no calls in the ${span}</span>`;
  let good = "";
  let bad = "";
  let outlined = "";
  slices.forEach((slice, index) => {
    const left = (index + many - slices.length) * step;
    const succeeded = tall(slice.succeeded, most);
    const failed = tall(slice.failed, most);
    const refused = tall(refusedIn(slice), most);
    const middle = left + 2;
    if (succeeded > 0) good += `M${middle} ${height}v${-succeeded}`;
    if (failed > 0) bad += `M${middle} ${height - succeeded}v${-failed}`;
    if (refused > 0) outlined += `M${left + 0.5} ${height - succeeded - failed}v${-refused}h3v${refused}z`;
  });
  const sum = (of: (slice: Slice) => number): number => slices.reduce((total, slice) => total + of(slice), 0);
  const label = `Calls of the ${span}: ${sum((slice) => slice.succeeded)} succeeded, ${sum((slice) => slice.failed)} failed, ${counted(sum(refusedIn), "was refused", "were refused")}`;
  return html`<svg
    class="chart"
    viewBox="0 -1 ${many * step} ${height + 2}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <path class="s" d="${good}" />
    <path class="f" d="${bad}" />
    <path class="r" d="${outlined}" />
  </svg>`;
}

/** Whatever was counted can be seen. */
function tall(calls: number, most: number): number {
  return calls === 0 ? 0 : Math.max(2, Math.round((calls / most) * height));
}
