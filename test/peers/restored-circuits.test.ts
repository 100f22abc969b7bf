import { beforeEach, describe, expect, test } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { restoreFrom } from "../../src/options.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";
import { DrivenCircuit } from "./driven-circuit.ts";

beforeEach(resetCircuits);

describe("restored from a snapshot", () => {
  test("what was held open stays held, until it is released", async () => {
    const clock = testClock();
    circuits.register("held", { clock }).open({ forced: true });
    const snapshots = JSON.parse(JSON.stringify(circuits.snapshot())) as ReturnType<typeof circuits.snapshot>;
    resetCircuits();
    const run = protect(() => Promise.resolve(1), { name: "held", clock, initial: restoreFrom(snapshots) });
    await run().catch(() => {});
    // Longer than the reset timeout, after which a circuit that is not held would let trials through.
    clock.advance("23h");
    expect(circuits.get("held")!.snapshot()).toMatchObject({ state: "open", forced: true });
    circuits.get("held")!.close();
    expect(await run()).toBe(1);
  });

  test("copies of a half-open snapshot do not all send trials at once", async () => {
    const driven = new DrivenCircuit();
    await driven.becomeDue();
    driven.start();
    const snapshots = circuits.snapshot();
    expect(snapshots[0]!.state).toBe("half-open");
    let sent = 0;
    for (let copy = 0; copy < 20; copy++) {
      resetCircuits();
      const run = protect(() => Promise.resolve(sent++), {
        name: driven.name,
        clock: testClock(),
        initial: restoreFrom(snapshots),
      });
      await run().catch(() => {});
    }
    expect(sent).toBe(0);
  });
});
