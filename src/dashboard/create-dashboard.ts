import { circuits } from "../breaker/circuits.ts";
import { asked } from "../core/asked.ts";
import { invalid, optionalFunction } from "../core/option.ts";
import { type Access, accessOf, type Authorize, mayChange } from "./access.ts";
import { answer, jsonAnswer, pageAnswer, refusal } from "./answers.ts";
import { circuitReports } from "./circuit-report.ts";
import { decodedName } from "./encoded-name.ts";
import { type Action, actions, type Fragments, fragments } from "./fragments.ts";
import { liveStream } from "./live-stream.ts";
import { page } from "./page.ts";
import { prometheusText } from "./prometheus.ts";
import { recorder } from "./recorder.ts";

export interface DashboardOptions {
  /**
   * Who may look and steer: a token, or a function of the request. Without it nobody, but a developer on this machine
   * in development.
   */
  authorize?: Authorize | undefined;
  /**
   * Hears of every command: one line in words.
   *
   * @default console.info
   */
  audit?: ((line: string) => void) | undefined;
}

export interface DashboardContext {
  params: Promise<{ path?: string[] }>;
}

export interface Dashboard {
  readonly GET: (request: Request, context: DashboardContext) => Promise<Response>;
  readonly POST: (request: Request, context: DashboardContext) => Promise<Response>;
}

/**
 * A page that shows every circuit of this process and steers it, for one catch-all route. Beside the page it answers
 * `circuits` (JSON), `metrics` (Prometheus), `events` (server-sent events) and `POST circuits/:name/:action` with
 * `open`, `close`, `half-open` or `reset`. Closed by default; nothing of it is ever cached or prerendered.
 *
 * @throws {TypeError} for a bad option
 * @example
 * // app/protego/[[...path]]/route.ts
 * export const { GET, POST } = createDashboard({ authorize: process.env.PROTEGO_TOKEN });
 */
export function createDashboard({ authorize, audit }: DashboardOptions = {}): Dashboard {
  const isToken = typeof authorize === "string";
  optionalFunction("authorize", isToken ? undefined : authorize);
  if (isToken && authorize.length < 16) {
    throw invalid("authorize", undefined, "a token of at least 16 characters, or a function of the request");
  }
  // It may write to somewhere far away: a log that fails undoes no command, now or later.
  const tell = asked<[string], unknown>(
    optionalFunction("audit", audit) ?? ((line) => console.info(line)),
    undefined,
  );

  return {
    async GET(request, context) {
      const access = await accessOf(request, authorize);
      if (!access.isAdmitted) return closedDoor(access);
      const { path = [] } = await context.params;
      return show(request, path);
    },
    async POST(request, context) {
      const access = await accessOf(request, authorize);
      if (!access.isAdmitted) return closedDoor(access);
      if (!mayChange(request, access)) return refusal(403, "Forbidden");
      const { path = [] } = await context.params;
      return steer(request, path.length, access.who, tell);
    },
  };
}

function closedDoor({ status }: Extract<Access, { isAdmitted: false }>): Response {
  return status === 401
    ? refusal(401, "Unauthorized", { "www-authenticate": 'Basic realm="circuits", charset="UTF-8"' })
    : refusal(403, "Forbidden");
}

function show(request: Request, path: readonly string[]): Response {
  const look = (): Fragments => fragments(circuitReports(recorder()), recorder().lines());
  switch (path.join("/")) {
    case "": {
      const nonce = newNonce();
      return pageAnswer(page(look(), new URL(request.url).pathname, nonce), nonce);
    }
    case "live":
      return jsonAnswer(look());
    case "circuits":
      return jsonAnswer({ circuits: circuitReports(recorder()) });
    case "metrics":
      return answer(prometheusText(circuitReports(recorder())), "text/plain; version=0.0.4; charset=utf-8");
    case "events": {
      const stream = liveStream(look, request.signal);
      if (!stream) return refusal(503, "Service Unavailable", { "retry-after": "30" });
      return answer(stream, "text/event-stream; charset=utf-8", 200, { "x-accel-buffering": "no" });
    }
    default:
      return refusal(404, "Not Found");
  }
}

function steer(request: Request, depth: number, who: string, tell: (line: string) => unknown): Response {
  // From the URL itself: frameworks differ in how often they decode a segment.
  const segments = new URL(request.url).pathname.split("/").slice(-depth);
  const [kind, segment, action] = segments;
  const name = segment === undefined ? undefined : decodedName(segment);
  const circuit = name === undefined ? undefined : circuits.get(name);
  if (depth !== 3 || kind !== "circuits" || !circuit || !isAction(action)) return refusal(404, "Not Found");
  command[action](circuit);
  recorder().note(circuit.name, `${action} by ${who}`);
  tell(`next-protego: ${action} ${JSON.stringify(circuit.name)} by ${JSON.stringify(who)}`);
  const wantsPage = request.headers.get("accept")?.includes("text/html") ?? false;
  if (!wantsPage) return jsonAnswer({ circuit: circuit.name, state: circuit.state });
  return answer(null, "text/plain", 303, { location: "../../" });
}

const command: Record<Action, (circuit: ReturnType<typeof circuits.register>) => void> = {
  open: (circuit) => circuit.open(),
  close: (circuit) => circuit.close(),
  "half-open": (circuit) => circuit.halfOpen(),
  reset: (circuit) => circuit.reset(),
};

function isAction(value: string | undefined): value is Action {
  return (actions as readonly unknown[]).includes(value);
}

function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}
