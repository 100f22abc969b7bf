import type * as Protego from "../../../src/index.ts";
import { calls, type Upstream } from "./calls.ts";

export interface Outcome {
  readonly name: string;
  readonly counted: "failed" | "not failed";
  /** What the caller got: an answer, or the texts of the error and its cause. */
  readonly got: string;
}

/** Makes every call of the table by a protected fetch with a circuit of its own, in whatever runtime this is. */
export async function perform(protego: typeof Protego, upstream: Upstream): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, call] of calls.entries()) {
    const { name } = call;
    const circuit = `call ${index}`;
    const fetch = protego.createProtectedFetch({
      name: circuit,
      timeout: "1500ms",
      // What counts as a failure is answered by this, and nothing else is.
      stale: { remember: (_input, _init, response) => response, recall: () => new Response("stale") },
    });
    // One after the other: what a runtime does about one connection must not be mistaken for another's.
    const got = await call.send(fetch, upstream).then(answer, textOf); // oxlint-disable-line no-await-in-loop
    const failed = protego.circuits.get(circuit)?.snapshot().totals.failed ?? 0;
    outcomes.push({ name, got, counted: failed > 0 || got === "200 stale" ? "failed" : "not failed" });
  }
  return outcomes;
}

async function answer(response: unknown): Promise<string> {
  const { status } = response as Response;
  return `${status} ${await (response as Response).text().catch(() => "")}`;
}

function textOf(error: unknown): string {
  const cause = (error as Error | undefined)?.cause as Error | undefined;
  return `${String(error)}${cause === undefined ? "" : `, because: ${cause.name}: ${cause.message}`}`;
}
