import { html, Html } from "./html.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";
import type { View } from "./view.ts";
import type { Item, Parts } from "./page-parts.ts";

/** What the page says of itself. */
export interface Frame {
  /** Path of the page, for its links. */
  readonly base: string;
  /** Which process this is, in the app's words. */
  readonly label: string | undefined;
  readonly nonce: string;
  /** The circuits of this process, or those of all that share a store. */
  readonly shows: "process" | "fleet";
  readonly hasFleet: boolean;
}

/** The whole page, complete before any script has run. */
export function page(parts: Parts, view: View, { base, label, nonce, shows, hasFleet }: Frame): string {
  const option = (value: string, words: string): Html =>
    html`<option value="${value}" ${new Html(view.state === value ? "selected" : "")}>${words}</option>`;
  const isFleet = shows === "fleet";
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${isFleet ? "Fleet" : "Circuits"}${label !== undefined && `: ${label}`}</title>
        <base href="${base}/" />
        <link rel="icon" href="data:," />
        <style nonce="${nonce}">
          ${new Html(pageStyle)}
        </style>
      </head>
      <body data-live="${isFleet ? "fleet/live" : "live"}" data-stream="${isFleet ? "" : "events"}">
        <header>
          <div class="bar">
            <h1>
              ${isFleet ? "Fleet" : "Circuits"}${
                label !== undefined &&
                html` <span class="label">${isFleet ? "seen by" : "of"} ${label}</span>`
              }
            </h1>
            ${hasFleet && pages(base, isFleet)}
            <p id="verdict">${new Html(parts.verdict)}</p>
            <p id="live"><span id="connection">not connected</span> <span id="age"></span></p>
          </div>
          <p id="notice" role="alert"></p>
        </header>
        <main>
          <section aria-labelledby="heading-attention">
            <h2 id="heading-attention">Needs attention</h2>
            ${list("ul", "attention", parts.attention)}
          </section>
          ${
            isFleet &&
            html`<section aria-labelledby="heading-stores">
              <h2 id="heading-stores">Store</h2>
              ${list("ul", "stores", parts.stores ?? [])}
            </section>`
          }
          <section aria-labelledby="heading-circuits">
            <div class="head">
              <h2 id="heading-circuits">Circuits</h2>
              <form id="tools" method="get" role="search">
                <label>
                  Find
                  <input
                    id="find"
                    name="find"
                    type="search"
                    autocomplete="off"
                    spellcheck="false"
                    value="${view.find}"
                  />
                </label>
                <label>
                  State
                  <select id="state" name="state">
                    ${option("", "all")}${option("open", "open")}${option("half-open", "trying")}${option("closed", "closed")}
                  </select>
                </label>
                <button id="show">Show</button>
              </form>
            </div>
            ${list("ul", "circuits", parts.circuits)}
            <nav id="pager" aria-label="Pages of circuits">${new Html(parts.pager)}</nav>
            ${!isFleet && key()}
          </section>
          ${!isFleet && past(parts)}
        </main>
        <dialog id="confirm" aria-labelledby="question" aria-describedby="effect">
          <h2 id="question"></h2>
          <p id="effect"></p>
          <form method="dialog">
            <label id="length"
              >For how long
              <select id="for">
                <option value="" id="unsaid">as it is set</option>
                <option value="1m">1 minute</option>
                <option value="5m">5 minutes</option>
                <option value="10m">10 minutes</option>
                <option value="1h" id="hour">1 hour</option>
              </select></label
            >
            <label>Reason, for the log <input id="reason" autocomplete="off" maxlength="200" /></label>
            <div class="choice">
              ${/* First, so that the Enter key means it; shown last. */ ""}
              <button value="yes" id="yes">Do it</button>
              <button value="no">Cancel</button>
            </div>
          </form>
        </dialog>
        <script type="module" nonce="${nonce}">
          ${new Html(pageScript)};
        </script>
      </body>
    </html> `.text;
}

function pages(base: string, isFleet: boolean): Html {
  const link = (address: string, isHere: boolean, words: string): Html =>
    html`<a href="${address}" ${new Html(isHere ? 'aria-current="page"' : "")}>${words}</a>`;
  return html`<nav aria-label="Pages" id="pages">
    ${link(base || "/", !isFleet, "This process")} ${link(`${base}/fleet`, isFleet, "The fleet")}
  </nav>`;
}

const key = (): Html =>
  html`<p class="key" aria-hidden="true">
    Bars: <span><i class="s"></i> succeeded</span> <span><i class="f"></i> failed</span>
    <span><i class="r"></i> refused</span>
    <span>Figures in a line: last 30 s.</span>
  </p>`;

function past(parts: Parts): Html {
  return html`<section aria-labelledby="heading-incidents">
      <h2 id="heading-incidents">Incidents</h2>
      ${list("ul", "incidents", parts.incidents)}
    </section>
    <section aria-labelledby="heading-timeline">
      <h2 id="heading-timeline">Timeline</h2>
      ${list("ol", "timeline", parts.timeline)}
      <p class="none">No changes since this process began to remember.</p>
    </section>`;
}

/** Nothing stands between the items: a list without any is empty, and its section is not shown. */
function list(tag: "ul" | "ol", id: string, items: readonly Item[]): Html {
  const inside = items.map((item) => withId(item)).join("");
  return new Html(`<${tag} id="${id}">${inside}</${tag}>`);
}

function withId({ id, html: item }: Item): string {
  return item.trim().replace("<li", `<li id="${id.replaceAll("'", "&#39;")}"`);
}
