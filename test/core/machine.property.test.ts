import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { look } from "../../src/core/machine.ts";
import type { Trial } from "../../src/core/phase.ts";
import { DrivenMachine } from "./driven-machine.ts";
import {
  anyHistory,
  anySettings,
  command,
  configure,
  history,
  plainSettings,
  settle,
  type Step,
} from "./histories.ts";
import { NaiveCircuit, type Settings } from "./naive-circuit.ts";

const runs = { numRuns: 500 };

function driven(settings: Settings, steps: Step[]): DrivenMachine {
  const machine = new DrivenMachine(settings);
  for (const step of steps) machine.take(step);
  return machine;
}

/** Takes a step in the naive circuit, as the machine is about to take it. */
function takeNaively(naive: NaiveCircuit, step: Step, machine: DrivenMachine): void {
  const { now } = machine;
  if (step.do === "ask") naive.ask(machine.permits.length, now);
  else if (step.do === "command") {
    naive.command(step.state, step.forced && step.state !== "half-open", now);
  } else if (step.do === "configure") naive.settings = step.settings;
  else if (step.do === "settle") {
    const call = machine.callOf(step.pick);
    if (machine.permits[call]) naive.tell(call, step.verdict, now);
  }
}

test("whatever happens, the machine does what the naive circuit does", () => {
  const property = fc.property(anySettings, anyHistory, (settings, steps) => {
    const machine = new DrivenMachine(settings);
    const naive = new NaiveCircuit(settings);
    for (const step of steps) {
      const wait = step.do === "ask" ? naive.ask(machine.permits.length, machine.now) : 0;
      if (step.do !== "ask") takeNaively(naive, step, machine);
      machine.take(step);
      const refusal = step.do === "ask" && {
        admitted: machine.permits.at(-1) !== undefined,
        wait: machine.retryAfter,
      };
      expect(refusal).toEqual(step.do === "ask" && { admitted: wait === 0, wait });
      expect(machine.phase.state).toBe(naive.state);
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

describe("whatever happened before", () => {
  test("no more trials run at a time than may, and none begins before its pause is over", () => {
    const property = fc.property(anySettings, history(command), (settings, steps) => {
      const machine = new DrivenMachine(settings);
      for (const step of steps) {
        machine.take(step);
        const running = machine.permits.filter(
          (permit): permit is Trial =>
            permit !== undefined &&
            "deadline" in permit &&
            permit.generation === machine.phase.generation &&
            !machine.settled.has(permit) &&
            machine.now < permit.deadline,
        );
        expect(running.length).toBeLessThanOrEqual(Math.min(settings.halfOpenRetries, settings.concurrent));
        const starts = running.map(({ since }) => since!);
        for (const [index, start] of starts.slice(1).entries()) {
          expect(start - starts[index]!).toBeGreaterThanOrEqual(settings.every);
        }
      }
    });
    fc.assert(property, runs);
  });

  test("no circuit is stuck: with time some call is admitted, and with good calls it closes", () => {
    const property = fc.property(anySettings, history(command, configure), (settings, steps) => {
      const machine = driven(settings, steps);
      fc.pre(!(machine.phase.state === "open" && machine.phase.until === Infinity));
      machine.now += 100; // longer than any reset timeout and any lease
      for (let calls = 0; calls < 4; calls++) {
        const permit = machine.ask();
        expect(permit).toBeDefined();
        machine.settle(permit!, "success");
        machine.now += 5; // the longest pause
      }
      expect(machine.phase.state).toBe("closed");
    });
    fc.assert(property, runs);
  });

  test("a clock that steps back does not prolong an outage", () => {
    const anyStep = fc.integer({ min: -1000, max: -1 });
    const property = fc.property(anySettings, anyStep, fc.nat(20), (settings, back, waited) => {
      const machine = driven(settings, [{ do: "command", state: "open", forced: false }]);
      machine.now += Math.min(waited, settings.resetTimeout - 1);
      machine.now += back;
      machine.ask();
      machine.now += settings.resetTimeout;
      expect(machine.ask()).toBeDefined();
    });
    fc.assert(property, runs);
  });

  test("the outcome of an earlier generation changes nothing", () => {
    const property = fc.property(anySettings, anyHistory, settle, (settings, steps, step) => {
      const machine = driven(settings, steps);
      const verdict = step.do === "settle" ? step.verdict : "failure";
      const stale = machine.permits.filter(
        (permit) => permit && permit.generation < machine.phase.generation,
      );
      const before = machine.phase;
      for (const permit of stale) machine.settle(permit!, verdict);
      expect(machine.phase).toBe(before);
    });
    fc.assert(property, runs);
  });

  test("the generation never goes back, and grows with every change of state", () => {
    const property = fc.property(anySettings, anyHistory, (settings, steps) => {
      const machine = new DrivenMachine(settings);
      for (const step of steps) {
        const before = machine.phase;
        machine.take(step);
        expect(machine.phase.generation).toBeGreaterThanOrEqual(before.generation);
        const moved = Number(machine.phase.state !== before.state);
        expect(machine.phase.generation).toBeGreaterThanOrEqual(before.generation + moved);
      }
    });
    fc.assert(property, runs);
  });

  test("looking changes nothing: no phase is ever written to, and looking twice sees the same", () => {
    const property = fc.property(anySettings, anyHistory, (settings, steps) => {
      // Every phase is frozen to its depths, so a write would have thrown by now.
      const { phase, policy, now } = driven(settings, steps);
      const before = structuredClone(phase);
      expect(look(phase, policy, now)).toEqual(look(phase, policy, now));
      expect(phase).toEqual(before);
    });
    fc.assert(property, runs);
  });

  test("an ignored outcome gives its place back", () => {
    const property = fc.property(plainSettings, anyHistory, (settings, steps) => {
      const machine = driven(settings, [...steps, { do: "configure", settings }]);
      machine.take({ do: "command", state: "half-open", forced: false });
      const { halfOpenRetries } = machine.policy;
      const trials = Array.from({ length: halfOpenRetries }, () => machine.ask());
      expect(trials).not.toContain(undefined);
      expect(machine.ask()).toBeUndefined();
      for (const trial of trials) {
        machine.settle(trial!, "ignored");
        expect(machine.phase.state).toBe("half-open");
        expect(machine.ask()).toBeDefined();
      }
    });
    fc.assert(property, runs);
  });
});

describe("a closed circuit", () => {
  const anyRun = fc.array(fc.constantFrom("success" as const, "failure" as const, "ignored" as const));

  test("opens at the failureThreshold-th failure in a row, and not before", () => {
    const property = fc.property(plainSettings, anyRun, (settings, verdicts) => {
      const machine = new DrivenMachine(settings);
      let inARow = 0;
      for (const verdict of verdicts) {
        machine.settle(machine.ask()!, verdict);
        if (verdict !== "ignored") inARow = verdict === "failure" ? inARow + 1 : 0;
        const isOpen = inARow >= settings.failureThreshold;
        expect(machine.phase.state).toBe(isOpen ? "open" : "closed");
        if (isOpen) return;
      }
    });
    fc.assert(property, runs);
  });

  test("counts calls that run side by side as they end, in whatever order", () => {
    const property = fc.property(plainSettings, fc.nat(10), (settings, extra) => {
      const machine = new DrivenMachine(settings);
      const permits = Array.from({ length: settings.failureThreshold + extra }, () => machine.ask()!);
      permits.reverse().forEach((permit, index) => {
        machine.settle(permit, "failure");
        const isOpen = index + 1 >= settings.failureThreshold;
        expect(machine.phase.state).toBe(isOpen ? "open" : "closed");
        expect(machine.phase.generation).toBe(isOpen ? 1 : 0);
      });
    });
    fc.assert(property, runs);
  });
});

describe("a half-open circuit", () => {
  test("closes when all its trials succeed, reopens at the first that fails", () => {
    const anyVerdicts = fc.array(fc.constantFrom("success" as const, "failure" as const), { minLength: 4 });
    const property = fc.property(plainSettings, anyVerdicts, (settings, verdicts) => {
      const machine = driven(settings, [{ do: "command", state: "half-open", forced: false }]);
      const { halfOpenRetries } = settings;
      const decisive = verdicts.slice(0, halfOpenRetries);
      for (const verdict of decisive) {
        const permit = machine.ask();
        if (permit) machine.settle(permit, verdict);
      }
      expect(machine.phase.state).toBe(decisive.includes("failure") ? "open" : "closed");
    });
    fc.assert(property, runs);
  });

  test("gives the place of a trial that never settles to another call after its lease, not before", () => {
    const property = fc.property(plainSettings, fc.nat(60), (settings, waited) => {
      const machine = driven(settings, [{ do: "command", state: "half-open", forced: false }]);
      for (let i = 0; i < settings.halfOpenRetries; i++) machine.ask();
      machine.now += waited;
      expect(machine.ask() !== undefined).toBe(waited >= settings.lease);
      expect(machine.retryAfter).toBe(Math.max(0, settings.lease - waited));
    });
    fc.assert(property, runs);
  });
});
