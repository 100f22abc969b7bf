import { circuits } from "../breaker/circuits.ts";
import type { Circuit } from "../breaker/circuit.ts";
import { invalid } from "../core/option.ts";
import type { CircuitState } from "../core/phase.ts";

/**
 * Puts a circuit into a state and holds it there, made if it does not exist yet: a test of the page that shows
 * while the upstream is down needs no upstream. Half-open cannot be held: its trials decide.
 *
 * @returns the circuit
 * @throws {TypeError} for a state that does not exist
 * @example
 * forceState("https://api.example.com", "open");
 * await expect(apiFetch("https://api.example.com/products")).rejects.toThrow(CircuitOpenError);
 */
export function forceState(name: string, state: CircuitState): Circuit {
  const circuit = circuits.get(name) ?? circuits.register(name);
  if (state === "open") circuit.open({ forced: true });
  else if (state === "closed") circuit.close({ forced: true });
  else if (state === "half-open") circuit.halfOpen();
  else throw invalid("state", state, '"closed", "open" or "half-open"');
  return circuit;
}
