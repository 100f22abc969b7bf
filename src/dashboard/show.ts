import { monotonicClock } from "../runtime/clock.ts";
import { answer, jsonAnswer, pageAnswer, refusal } from "./answers.ts";
import { circuitReports } from "./circuit-report.ts";
import { type Fragments, fragments } from "./fragments.ts";
import { liveStream } from "./live-stream.ts";
import { page } from "./page.ts";
import { prometheusText } from "./prometheus.ts";
import { recorder } from "./recorder.ts";

/** Answers a GET, or a HEAD, which tells of what a GET would have answered: nobody would ever read its body. */
export function show(request: Request, base: string, path: readonly string[]): Response {
  const isHead = request.method === "HEAD";
  if (isHead && path.join("/") === "events") return answer(null, eventStream);
  const shown = shownAt(request, base, path.join("/"));
  return isHead ? new Response(null, shown) : shown;
}

const eventStream = "text/event-stream; charset=utf-8";

function shownAt(request: Request, base: string, path: string): Response {
  switch (path) {
    case "": {
      const nonce = newNonce();
      return pageAnswer(page(look(), base, nonce), nonce);
    }
    case "live":
      return jsonAnswer(look());
    case "circuits":
      return jsonAnswer({ circuits: circuitReports(recorder()) });
    case "metrics":
      return answer(prometheusText(circuitReports(recorder())), "text/plain; version=0.0.4; charset=utf-8");
    case "events": {
      const stream = liveStream(changes(), request.signal);
      if (!stream) return refusal(503, "Service Unavailable", { "retry-after": "30" });
      return answer(stream, eventStream, 200, { "x-accel-buffering": "no" });
    }
    default:
      return refusal(404, "Not Found");
  }
}

const look = (): Fragments => fragments(circuitReports(recorder()), recorder().lines());

let streamed: { readonly at: number; readonly text: string } | undefined;

/** What every stream is told of one second: looked and rendered once, however many there are. */
function streamedLook(): string {
  const at = monotonicClock.now();
  if (!streamed || at - streamed.at >= 900) streamed = { at, text: JSON.stringify(look()) };
  return streamed.text;
}

function changes(): () => string | undefined {
  let sent = "";
  return () => {
    const text = streamedLook();
    if (text === sent) return undefined;
    return (sent = text);
  };
}

function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}
