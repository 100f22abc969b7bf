/** What the page does in the browser. Plain JavaScript: it is sent as it stands here. */
export const pageScript = `
// Only what this server has sent becomes HTML.
const policy = globalThis.trustedTypes?.createPolicy("protego", { createHTML: (text) => text });
const trusted = (text) => (policy ? policy.createHTML(text) : text);
const byId = (id) => document.getElementById(id);
const wallClock = () => performance.timeOrigin + performance.now();

function elementOf(text) {
  const template = document.createElement("template");
  template.innerHTML = trusted(text.trim());
  return template.content.firstElementChild;
}

// --- Time: written in the reader's own, and counted on between messages. ---
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dayAndClock = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return seconds + " s";
  if (seconds < 7200) return Math.floor(seconds / 60) + " min";
  const hours = seconds / 3600;
  return (hours < 10 ? Math.floor(10 * hours) / 10 : Math.floor(hours)) + " h";
}

function localise(root) {
  for (const time of root.querySelectorAll("time[data-clock]")) {
    const at = new Date(time.dateTime);
    const isToday = at.toDateString() === new Date(wallClock()).toDateString();
    const text = (isToday ? clock : dayAndClock).format(at);
    if (time.textContent !== text) time.textContent = text;
    time.title = time.dateTime;
  }
}

// The clocks of server and reader differ: what is counted on is the server's.
let ahead = 0;
function tellTime() {
  const now = wallClock() + ahead;
  for (const each of document.querySelectorAll("[data-since]")) {
    const text = "for " + span(now - Number(each.dataset.since));
    if (each.textContent !== text) {
      each.title = each.title || each.textContent;
      each.textContent = text;
    }
  }
  for (const each of document.querySelectorAll("[data-until]")) {
    const left = Number(each.dataset.until) - now;
    const text = left > 0 ? "in " + span(left) : "with the next call";
    if (each.textContent !== text) each.textContent = text;
  }
  const age = heardAt === undefined ? undefined : performance.now() - heardAt;
  const isStale = age === undefined || age > limit;
  document.body.classList.toggle("stale", isStale && age !== undefined);
  byId("age").textContent = age === undefined ? "" : isStale ? "stale: last heard " + span(age) + " ago" : "";
}

// --- What has changed is put in place, part by part: whoever stands on a button stays there. ---
const shown = new Map();
const lists = ["stores", "attention", "circuits", "incidents", "timeline"].map(byId).filter(Boolean);
for (const list of lists) for (const item of list.children) shown.set(item.id, item);

function partsOf(item) {
  return new Map([...item.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
}

const sources = new WeakMap();
for (const part of partsOf(byId("verdict")).values()) sources.set(part, part.outerHTML);
for (const item of shown.values()) for (const part of partsOf(item).values()) sources.set(part, part.outerHTML);

function patch(item, next) {
  const before = partsOf(item);
  for (const [name, part] of partsOf(next)) {
    const source = part.outerHTML;
    const old = before.get(name);
    if (!old || sources.get(old) === source) continue;
    const stood = old.contains(document.activeElement) ? document.activeElement.dataset.action : undefined;
    sources.set(part, source);
    old.replaceWith(part);
    localise(part);
    if (stood !== undefined) (part.querySelector("[data-action='" + stood + "']") ?? part.querySelector("button"))?.focus();
  }
}

const waiting = new Map();
const texts = new Map();

/** What has left a list, and is kept in place for whoever points there, goes on telling the truth. */
function keepTrue(list, ids) {
  for (const item of list.children) {
    if (ids.includes(item.id)) continue;
    const name = item.id.slice(item.id.indexOf("-"));
    const twin = texts.get((list.id === "attention" ? "row" : "card") + name);
    if (twin) patch(item, elementOf(twin));
    else item.classList.add("gone");
  }
}

// Nothing moves while somebody points or stands there: what is clicked is what was meant.
const isHeld = () => [byId("attention"), byId("circuits")].some((list) => list.matches(":hover") || list.contains(document.activeElement)) || byId("confirm").open;

function settle() {
  if (isHeld()) for (const [list, ids] of waiting) keepTrue(list, ids);
  else {
    for (const [list, ids] of waiting) arrange(list, ids);
    waiting.clear();
  }
  const text = waiting.size > 0 ? "The order is held while you are in the list." : "";
  if (byId("connection").title !== text) byId("connection").title = text;
  document.body.classList.toggle("held", waiting.size > 0);
}
document.addEventListener("pointerout", () => setTimeout(settle, 150));
document.addEventListener("focusout", () => setTimeout(settle, 150));

function arrange(list, ids) {
  const wanted = new Set(ids);
  for (const item of [...list.children]) {
    if (wanted.has(item.id)) continue;
    item.remove();
    texts.delete(item.id);
    if (shown.get(item.id) === item) shown.delete(item.id);
  }
  ids.forEach((id, index) => {
    const item = shown.get(id);
    if (item && list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
}

let heardAt;
// Somebody has asked for another list: it comes at once, wherever the pointer is.
let wantsOthers = false;
let limit = 5000;
function update(changes) {
  heardAt = performance.now();
  if (changes.at !== undefined) ahead = changes.at - wallClock();
  if (changes.verdict !== undefined) {
    const next = document.createElement("p");
    next.innerHTML = trusted(changes.verdict);
    patch(byId("verdict"), next);
  }
  if (changes.pager !== undefined) byId("pager").innerHTML = trusted(changes.pager);
  for (const [id, text] of Object.entries(changes.items ?? {})) {
    const next = elementOf(text);
    next.id = id;
    const item = shown.get(id);
    texts.set(id, text);
    if (item) {
      item.className = next.className;
      patch(item, next);
    } else {
      for (const part of partsOf(next).values()) sources.set(part, part.outerHTML);
      localise(next);
      shown.set(id, next);
    }
  }
  for (const [name, ids] of Object.entries(changes.order ?? {})) {
    const list = byId(name);
    if (!list) continue;
    if (!wantsOthers && (name === "attention" || name === "circuits")) waiting.set(list, ids);
    else arrange(list, ids);
  }
  wantsOthers = false;
  settle();
  tellTime();
}

// --- The connection: a stream; where there is none, a question every few seconds. ---
const { live: changesAt, stream: streamAt } = document.body.dataset;
const everyMs = streamAt === "" ? 2000 : 5000;
function say(isOn, text) {
  byId("live").className = isOn ? "on" : "";
  if (byId("connection").textContent !== text) byId("connection").textContent = text;
}
function tellTrouble(text) {
  byId("notice").textContent = text;
}

let query = location.search;
let events;
let again;
let polling = false;

async function ask() {
  const asked = query;
  const response = await fetch(changesAt + asked, { cache: "no-store" });
  if (!response.ok) throw new Error();
  const parts = await response.json();
  if (asked === query) update(parts);
}
async function keepAsking() {
  while (polling) {
    try {
      await ask();
      if (polling) say(true, "asks every " + everyMs / 1000 + " s");
    } catch {
      say(false, "not connected");
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    // Nobody sees it: the store need not be asked.
    while (document.hidden) await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}
function connect() {
  if (streamAt === "") {
    limit = 15000;
    if (polling) return void ask().catch(() => say(false, "not connected"));
    polling = true;
    return void keepAsking();
  }
  events?.close();
  clearTimeout(again);
  const own = (events = new EventSource(streamAt + query));
  own.onopen = () => {
    polling = false;
    limit = 12000;
    say(true, "live");
    heardAt = performance.now();
  };
  own.onmessage = ({ data }) => own === events && update(JSON.parse(data));
  own.addEventListener("still-here", () => (heardAt = performance.now()));
  own.onerror = () => {
    if (own !== events) return;
    say(false, "connection lost, trying again");
    // Refused, or cut for good: ask instead, and try the stream again later.
    if (own.readyState !== EventSource.CLOSED) return;
    limit = 15000;
    if (!polling) {
      polling = true;
      keepAsking();
    }
    again = setTimeout(connect, 30000);
  };
}

function look(search) {
  query = search;
  history.replaceState(null, "", location.pathname + search);
  wantsOthers = true;
  waiting.clear();
  connect();
}

// --- Finding. ---
const tools = byId("tools");
byId("show").hidden = true;
let typing;
function filter() {
  const wanted = new URLSearchParams();
  if (byId("find").value !== "") wanted.set("find", byId("find").value);
  if (byId("state").value !== "") wanted.set("state", byId("state").value);
  const text = wanted.toString();
  look(text === "" ? "" : "?" + text);
}
tools.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(filter, 200);
});
byId("pager").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  look(link.search);
  byId("heading-circuits").scrollIntoView();
});

// --- Commands: asked about first, and sent with what was seen. ---
const dialog = byId("confirm");
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form === tools) {
    event.preventDefault();
    filter();
  }
  if (form.method !== "post") return;
  event.preventDefault();
  const { question, effect } = form.dataset;
  const action = new URL(form.action);
  const button = form.querySelector("button");
  byId("question").textContent = question + "?";
  byId("effect").textContent = effect;
  byId("yes").textContent = button.textContent;
  byId("reason").value = "";
  byId("for").value = "";
  const isHold = action.pathname.endsWith("/hold-closed");
  byId("length").hidden = !isHold && !action.pathname.endsWith("/open");
  byId("unsaid").textContent = isHold ? "until somebody releases it" : "as it is set";
  // Longer than most fleets let an opening last.
  byId("hour").hidden = byId("hour").disabled = !isHold;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.onclose = async () => {
    const now = button.isConnected ? button : document.querySelector("[aria-label='" + CSS.escape(question) + "']");
    now?.focus();
    if (dialog.returnValue !== "yes") return;
    if (byId("for").value !== "") action.searchParams.set("for", byId("for").value);
    if (byId("reason").value !== "") action.searchParams.set("reason", byId("reason").value);
    try {
      const response = await fetch(action, { method: "POST", headers: { accept: "application/json" } });
      const told = await response.json().catch(() => ({}));
      tellTrouble(response.ok ? "" : question + ": not done. " + (told.title ?? response.status));
      if (polling || response.status === 409) await ask();
    } catch {
      tellTrouble(question + ": not sent. The server cannot be reached.");
    }
  };
});

localise(document);
connect();
function everySecond() {
  settle();
  tellTime();
  setTimeout(everySecond, 1000);
}
everySecond();
`;
