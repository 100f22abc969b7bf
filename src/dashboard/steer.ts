import { circuits } from "../breaker/circuits.ts";
import { registry } from "../breaker/registry.ts";
import { respond, jsonResponse, refusal } from "./respond.ts";
import { epochMs, monotonicClock } from "../runtime/clock.ts";
import { auditLine, told } from "./audit.ts";
import { isAction, lengthIn } from "./command.ts";
import { decodedName } from "./encoded-name.ts";
import { memory } from "./remember.ts";

/**
 * Carries out `circuits/:name/:action`. With `?seen=` the generation that the sender has seen, it is refused when the
 * circuit has changed meanwhile; `?reason=` goes into the log.
 *
 * @param path encoded segments, as they came
 * @param page where a browser without scripts is sent afterwards
 */
export function steer(
  url: string,
  path: readonly string[],
  who: string,
  page: string | undefined,
  audit: (line: string) => unknown,
): Response {
  const [kind, segment, action] = path;
  const name = segment === undefined ? undefined : decodedName(segment);
  const circuit = name === undefined ? undefined : circuits.get(name);
  if (path.length !== 3 || kind !== "circuits" || !circuit || !isAction(action)) {
    return refusal(404, "Not Found");
  }
  const asked = new URL(url);
  const { searchParams } = asked;
  const length = lengthIn(action, asked);
  if ("wrong" in length) return refusal(400, length.wrong);
  const seen = searchParams.get("seen");
  if (seen !== null && seen !== String(registry().breakers.get(circuit.name)?.phase.generation)) {
    return refusal(409, `The circuit has changed meanwhile: it is ${circuit.state} now.`);
  }
  const why = (searchParams.get("reason") ?? "").trim().slice(0, 200);
  const command = { action, who, why, forMs: length.ms };
  const at = { now: monotonicClock.now(), epoch: epochMs() };
  try {
    memory().look().command(circuit, command, at);
  } catch (error) {
    // Longer than the fleet allows.
    return refusal(400, (error as Error).message);
  }
  told(audit, auditLine(action, circuit.name, command));
  if (page === undefined) return jsonResponse({ circuit: circuit.name, state: circuit.state });
  return respond(null, "text/plain", 303, { location: page });
}
