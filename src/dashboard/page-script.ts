/** What the page does in the browser. Plain JavaScript: it is sent as it stands here. */
export const pageScript = `
// Only what this server has sent becomes HTML.
const policy = globalThis.trustedTypes?.createPolicy("protego", { createHTML: (text) => text });
const trusted = (text) => (policy ? policy.createHTML(text) : text);

const byId = (id) => document.getElementById(id);
const body = byId("circuits");
const live = byId("live");
const shown = new Map();
for (const row of body.rows) shown.set(row.id, row);

function rowOf(fragment) {
  const template = document.createElement("template");
  template.innerHTML = trusted("<table><tbody>" + fragment.html + "</tbody></table>");
  const row = template.content.querySelector("tr");
  row.id = fragment.id;
  return row;
}

// Only cells that differ are replaced: whoever stands on a button stays there.
function update(fragments) {
  for (const part of ["summary", "log"]) {
    if (byId(part).dataset.html === fragments[part]) continue;
    byId(part).dataset.html = fragments[part];
    byId(part).innerHTML = trusted(fragments[part]);
  }
  const present = new Set();
  for (const fragment of fragments.rows) {
    present.add(fragment.id);
    const row = shown.get(fragment.id);
    const next = rowOf(fragment);
    if (!row) {
      body.append(next);
      shown.set(fragment.id, next);
      continue;
    }
    Object.assign(row.dataset, next.dataset);
    [...next.cells].forEach((cell, index) => {
      if (row.cells[index].innerHTML !== cell.innerHTML && !cell.classList.contains("actions")) {
        row.cells[index].replaceWith(cell.cloneNode(true));
      }
    });
  }
  for (const [id, row] of shown) {
    if (!present.has(id)) {
      row.remove();
      shown.delete(id);
    }
  }
  arrange();
}

const rank = { open: 0, "half-open": 1, closed: 2 };
const orders = {
  state: (a, b) => rank[a.state] - rank[b.state] || a.name.localeCompare(b.name),
  name: (a, b) => a.name.localeCompare(b.name),
  failed: (a, b) => b.failed - a.failed,
  calls: (a, b) => b.calls - a.calls,
};

function arrange() {
  const wanted = byId("filter").value.toLowerCase();
  const state = byId("state").value;
  const compare = orders[byId("order").value];
  const sorted = [...shown.values()].sort((a, b) => compare(a.dataset, b.dataset));
  let count = 0;
  sorted.forEach((row, index) => {
    row.hidden = !row.dataset.name.includes(wanted) || (state !== "" && row.dataset.state !== state);
    if (!row.hidden) count++;
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index]);
  });
  byId("none").hidden = count > 0;
}
for (const id of ["filter", "state", "order"]) byId(id).addEventListener("input", arrange);

function say(isOn, text) {
  live.className = isOn ? "on" : "";
  if (live.textContent !== text) live.textContent = text;
}

let polling = false;
async function poll() {
  try {
    const response = await fetch("live", { cache: "no-store" });
    if (!response.ok) throw new Error();
    update(await response.json());
    say(true, "live, every 5 s");
  } catch {
    say(false, "not connected");
  }
}
async function keepPolling() {
  while (polling) {
    await poll();
    await new Promise((resolve) => setTimeout(resolve, 5000));
  }
}
function connect() {
  const events = new EventSource("events");
  events.onopen = () => {
    polling = false;
    say(true, "live");
  };
  events.onmessage = ({ data }) => update(JSON.parse(data));
  events.onerror = () => {
    say(false, "connection lost, trying again");
    // Refused, or cut for good: ask instead, and try the stream again later.
    if (events.readyState === EventSource.CLOSED) {
      if (!polling) {
        polling = true;
        keepPolling();
      }
      setTimeout(connect, 30000);
    }
  };
}
connect();

const dialog = byId("confirm");
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  const button = form.querySelector("button");
  byId("question").textContent = button.getAttribute("aria-label") + "?";
  dialog.returnValue = "";
  dialog.showModal();
  dialog.onclose = async () => {
    button.focus();
    if (dialog.returnValue !== "yes") return;
    const response = await fetch(form.action, { method: "POST", headers: { accept: "application/json" } });
    if (!response.ok) say(false, "refused: " + response.status);
    else poll();
  };
});
`;
