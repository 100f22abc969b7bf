import type { StoreInUse } from "../breaker/store-in-use.ts";
import { epochMs } from "../runtime/clock.ts";
import { respond, jsonResponse, newNonce, pageResponse, refusal } from "./respond.ts";
import { changesBetween } from "./changes.ts";
import { lookAtFleet } from "./fleet-look.ts";
import { fleetParts } from "./fleet-view.ts";
import { page } from "./page.ts";
import { viewOf } from "./view.ts";

/**
 * Answers what is asked of the whole fleet: its page, the same as JSON, and what of the page has changed. Each costs the
 * store one bounded read, and one a second at most, whoever looks.
 *
 * @param path encoded segments after `fleet`
 */
export async function showFleet(
  request: Request,
  base: string,
  path: readonly string[],
  label: string | undefined,
  given: StoreInUse | undefined,
): Promise<Response> {
  const asked = path.join("/");
  if (asked !== "" && asked !== "live" && asked !== "circuits") return refusal(404, "Not Found");
  // Nobody would read what the store is asked for.
  if (request.method === "HEAD")
    return respond(null, asked === "" ? "text/html; charset=utf-8" : "application/json");
  const looks = await lookAtFleet(given);
  if (asked === "circuits") {
    return jsonResponse({
      process: label,
      stores: looks.map(({ store, use, report }) =>
        typeof report === "object" ? { store, use, ...report } : { store, use, trouble: report },
      ),
    });
  }
  const view = viewOf(request.url);
  const parts = fleetParts(looks, view);
  if (asked === "live")
    return jsonResponse({ at: Math.round(epochMs()), ...changesBetween(undefined, parts) });
  const nonce = newNonce();
  return pageResponse(page(parts, view, { base, label, nonce, shows: "fleet", hasFleet: true }), nonce);
}
