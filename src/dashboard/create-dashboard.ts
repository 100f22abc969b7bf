import type { SharedStore } from "../breaker/shared-store.ts";
import { withDefault } from "../core/with-default.ts";
import { anObject, invalid, optionalFunction } from "../core/option.ts";
import { environmentVariable, isBuildPhase } from "../runtime/environment.ts";
import { type Access, accessOf, type Authorize, mayChange } from "./access.ts";
import { refusal } from "./respond.ts";
import { basePathOption, type Place, placeInRoute, placeOf } from "./base-path.ts";
import { remember } from "./remember.ts";
import { show } from "./show.ts";
import { steerFleet } from "./fleet-steer.ts";
import { steer } from "./steer.ts";
import { WrongTokens } from "./wrong-tokens.ts";

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
  /**
   * Path of the page as visitors see it: for `fetch`, and for a route behind a rewrite. Without it, it is found: what is asked
   * for is what a path ends with, and Next's own `basePath` is known.
   *
   * @default found
   */
  basePath?: string | undefined;
  /**
   * Which process the page is of, in its title and in reports of incidents: a region, a host.
   *
   * @default the environment's `HOSTNAME`, where there is one
   */
  label?: string | undefined;
  /**
   * A store to show on the fleet's page beside those that circuits of this process share: for a page for operations,
   * without the app.
   */
  store?: SharedStore | undefined;
}

export interface DashboardContext {
  params: Promise<{ path?: string[] }>;
}

export interface Dashboard {
  /** For a catch-all route of Next's. */
  readonly GET: (request: Request, context: DashboardContext) => Promise<Response>;
  readonly POST: (request: Request, context: DashboardContext) => Promise<Response>;
  /** For everything else that speaks in Requests and Responses: Workers, Hono, Bun, Deno. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/**
 * A page that shows every circuit of this process and steers it, for one catch-all route. Beside the page it answers
 * `circuits` (JSON), `metrics` (Prometheus), `events` (server-sent events) and `POST circuits/:name/:action` with
 * `open`, `close`, `half-open`, `reset`, `hold-open` or `hold-closed`. `fleet` is the page of all circuits that share a
 * store, whatever process they are in, with `fleet/circuits` and the same commands. Closed by default; nothing of it is ever cached
 * or prerendered.
 *
 * @throws {TypeError} for a bad option
 * @example
 * // app/protego/[[...path]]/route.ts
 * export const { GET, POST } = createDashboard({ authorize: process.env.PROTEGO_TOKEN });
 */
export function createDashboard(options: DashboardOptions = {}): Dashboard {
  const known = ["authorize", "audit", "basePath", "label", "store"];
  const { authorize, audit, basePath, store, ...more } = anObject("createDashboard", options, known);
  const { label = environmentVariable("HOSTNAME") || undefined } = more;
  const isToken = typeof authorize === "string";
  optionalFunction("authorize", isToken ? undefined : authorize);
  if (isToken && authorize.length < 16) {
    throw invalid("authorize", undefined, "a token of at least 16 characters, or a function of the request");
  }
  // It may write to somewhere far away: a log that fails undoes no command, now or later.
  const tell = withDefault<[string], unknown>(
    optionalFunction("audit", audit) ?? ((line) => console.info(line)),
    undefined,
  );
  const given = basePathOption(basePath);
  if (label !== undefined && typeof label !== "string")
    throw invalid("label", label, "a name of this process");
  if (store !== undefined && Object(store) !== store)
    throw invalid("store", store, "a store such as redisStore()");
  const wrongTokens = new WrongTokens();
  if (!isBuildPhase()) remember();

  async function answered(request: Request, find: () => Promise<Place | undefined>): Promise<Response> {
    const access = await accessOf(request, authorize, wrongTokens);
    if (!access.isAdmitted) return closedDoor(access);
    const steers = request.method === "POST";
    if (steers && !mayChange(request, access)) return refusal(403, "Forbidden");
    const place = await find();
    if (!place) return refusal(404, "Not Found");
    const { base, path } = place;
    if (!steers) return show(request, base, path, label, store?.inUse);
    const isFleet = path[0] === "fleet";
    const wantsPage = request.headers.get("accept")?.includes("text/html") ?? false;
    const page = wantsPage ? (isFleet ? `${base}/fleet` : base || "/") : undefined;
    return isFleet
      ? steerFleet(request.url, path.slice(1), access.who, page, tell, store?.inUse)
      : steer(request.url, path, access.who, page, tell);
  }

  const route: Dashboard["GET"] = (request, context) =>
    answered(request, async () => {
      const { path = [] } = await context.params;
      return placeInRoute(request, path, given);
    });

  return {
    GET: route,
    POST: route,
    async fetch(request) {
      if (!/^(GET|HEAD|POST)$/.test(request.method)) {
        return refusal(405, "Method Not Allowed", { allow: "GET, HEAD, POST" });
      }
      return answered(request, () => Promise.resolve(placeOf(request.url, given)));
    },
  };
}

function closedDoor(access: Extract<Access, { isAdmitted: false }>): Response {
  switch (access.status) {
    case 401:
      return refusal(401, "Unauthorized", { "www-authenticate": 'Basic realm="circuits", charset="UTF-8"' });
    case 403:
      return refusal(403, "Forbidden");
    case 429:
      return refusal(429, "Too Many Requests", { "retry-after": String(access.retryAfterSeconds) });
  }
}
