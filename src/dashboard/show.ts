import type { StoreInUse } from "../breaker/store-in-use.ts";
import { epochMs } from "../runtime/clock.ts";
import { respond, jsonResponse, newNonce, pageResponse, refusal } from "./respond.ts";
import { changesBetween } from "./changes.ts";
import { asMarkdown, incidentReport } from "./incident-report.ts";
import { slicesOf } from "./circuit-report.ts";
import { storesInUse } from "./fleet-look.ts";
import { showFleet } from "./show-fleet.ts";
import { eventOf, liveStream } from "./live-stream.ts";
import { type Look, lookNow, sharedLook } from "./look.ts";
import { page } from "./page.ts";
import { prometheusText } from "./prometheus.ts";
import { memory } from "./remember.ts";
import { partsOf, type View, viewOf } from "./view.ts";
import type { Parts } from "./page-parts.ts";
import { monotonicClock } from "../runtime/clock.ts";

const eventStream = "text/event-stream; charset=utf-8";
/** A proxy that buffers, or a compression that waits for more, would hold back what has just happened. */
const unheld = { "cache-control": "no-store, no-transform", "x-accel-buffering": "no" };

/** Answers a GET, or a HEAD, which tells of what a GET would have answered: nobody would ever read its body. */
export function show(
  request: Request,
  base: string,
  path: readonly string[],
  label: string | undefined,
  given: StoreInUse | undefined,
): Response | Promise<Response> {
  if (path[0] === "fleet") return showFleet(request, base, path.slice(1), label, given);
  const isHead = request.method === "HEAD";
  if (isHead && path.join("/") === "events") return respond(null, eventStream, 200, unheld);
  const shown = shownAt(request, base, path, label, storesInUse(given).length > 0);
  return isHead ? new Response(null, shown) : shown;
}

function shownAt(
  request: Request,
  base: string,
  path: readonly string[],
  label: string | undefined,
  hasFleet: boolean,
): Response {
  const [first, second] = path;
  if (first === "incidents" && path.length <= 2) return incidents(second, label);
  const view = viewOf(request.url);
  switch (path.join("/")) {
    case "": {
      const nonce = newNonce();
      return pageResponse(
        page(partsOf(lookNow(), view), view, { base, label, nonce, shows: "process", hasFleet }),
        nonce,
      );
    }
    case "live": {
      const look = lookNow();
      return jsonResponse({ at: Math.round(look.epoch), ...changesBetween(undefined, partsOf(look, view)) });
    }
    case "circuits": {
      const { history, reports } = lookNow();
      const now = monotonicClock.now();
      return jsonResponse({
        process: label,
        circuits: reports.map((report) =>
          Object.assign({}, report, { slices: slicesOf(history, report.name, now) }),
        ),
      });
    }
    case "metrics":
      return respond(prometheusText(memory().look(false)), "text/plain; version=0.0.4; charset=utf-8");
    case "events":
      return events(request, view);
    default:
      return refusal(404, "Not Found");
  }
}

/** Messages by what they lead to and from what: readers of the same view are sent the same one. */
const messages = new WeakMap<Parts, WeakMap<object, Uint8Array | undefined>>();
const nothing = {};

function messageOf(look: Look, before: Parts | undefined, after: Parts): Uint8Array | undefined {
  const known = messages.get(after) ?? new WeakMap<object, Uint8Array | undefined>();
  messages.set(after, known);
  if (known.has(before ?? nothing)) return known.get(before ?? nothing);
  const changes = changesBetween(before, after);
  const message = changes && eventOf(JSON.stringify({ at: Math.round(look.epoch), ...changes }));
  known.set(before ?? nothing, message);
  return message;
}

function events(request: Request, view: View): Response {
  let sent: Parts | undefined;
  const stream = liveStream(() => {
    const look = sharedLook();
    const parts = partsOf(look, view);
    const message = messageOf(look, sent, parts);
    sent = parts;
    return message;
  }, request.signal);
  if (!stream) return refusal(503, "Service Unavailable", { "retry-after": "30" });
  return respond(stream, eventStream, 200, unheld);
}

/** Outages of the past and the present, to be handed on. */
function incidents(asked: string | undefined, label: string | undefined): Response {
  const history = memory().look();
  const reports = history.journal.incidents.map((incident) =>
    incidentReport(incident, history.past(incident.circuit)?.counters, epochMs(), label),
  );
  if (asked === undefined) return jsonResponse({ incidents: reports });
  const found = reports.find(({ id }) => `${id}` === asked || `${id}.md` === asked);
  if (!found) return refusal(404, "Not Found");
  return asked.endsWith(".md")
    ? respond(asMarkdown(found), "text/markdown; charset=utf-8")
    : jsonResponse(found);
}
