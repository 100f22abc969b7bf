import type { Fragments } from "./fragments.ts";
import { html, Html } from "./html.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";

const columns = ["Circuit", "State", "Calls, 5 min", "Latency", "Since start", "Last failure"];

/** The whole page, complete before any script has run. @param base path of the page, for its links */
export function page({ summary, log, rows }: Fragments, base: string, nonce: string): string {
  const first = rows.map(
    ({ id, html: row }) => new Html(row.replace("<tr", `<tr id="${id.replaceAll("'", "&#39;")}"`)),
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>Circuits</title>
        <base href="${base}/" />
        <link rel="icon" href="data:," />
        <style nonce="${nonce}">
          ${new Html(pageStyle)}
        </style>
      </head>
      <body>
        <header>
          <h1>Circuits</h1>
          <ul id="summary">
            ${new Html(summary)}
          </ul>
          <span id="live" role="status">not connected</span>
        </header>
        <main>
          <div class="tools">
            <label>Find <input id="filter" type="search" autocomplete="off" spellcheck="false" /></label>
            <label>
              State
              <select id="state">
                <option value="">all</option>
                <option>open</option>
                <option>half-open</option>
                <option>closed</option>
              </select>
            </label>
            <label>
              Order
              <select id="order">
                <option value="state">by state</option>
                <option value="name">by name</option>
                <option value="failed">most failures</option>
                <option value="calls">most calls</option>
              </select>
            </label>
          </div>
          <table>
            <caption class="hidden-text">
              Every circuit of this process
            </caption>
            <thead>
              <tr>
                ${columns.map((column) => html`<th scope="col">${column}</th>`)}
                <th scope="col"><span class="hidden-text">Commands</span></th>
              </tr>
            </thead>
            <tbody id="circuits">
              ${first}
            </tbody>
          </table>
          <p id="none" class="quiet" ${new Html(rows.length > 0 ? "hidden" : "")}>
            No circuit to show. Circuits appear with their first call.
          </p>
          <p class="key" aria-hidden="true">
            <span><i class="s"></i> succeeded</span> <span><i class="f"></i> failed</span>
            <span><i class="r"></i> refused</span>
          </p>
          <h2>What has changed</h2>
          <ol id="log" tabindex="0" aria-label="What has changed, newest first">
            ${new Html(log)}
          </ol>
        </main>
        <dialog id="confirm" aria-labelledby="question">
          <p id="question"></p>
          <form method="dialog">
            <button value="no">Cancel</button>
            <button value="yes">Do it</button>
          </form>
        </dialog>
        <script type="module" nonce="${nonce}">
          ${new Html(pageScript)};
        </script>
      </body>
    </html> `.text;
}
