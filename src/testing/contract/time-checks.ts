import { recordLifeMs } from "../../core/fleet-record.ts";
import { type Check, demand, demandBetween, lease, type Probe, report, request } from "./probe.ts";

/** Time passes for what is kept, whether or not somebody looks; and what is old enough is gone. */
export function timeChecks(mayAdvance: boolean): Check[] {
  return mayAdvance ? [...ofMinutes, ...ofDays] : ofMinutes;
}

const read = request({ type: "read" });

const ofMinutes: Check[] = [
  { name: "an opening says how long it still lasts, and ends, however often somebody looks", check: opening },
  {
    name: "a hold of a closed circuit that has an end says how long it still lasts, and ends",
    check: holding,
  },
  { name: "a trial that is never settled gives its place back after its lease", check: leases },
  { name: "a report counts as long as its window, and no longer", check: windows },
];

const ofDays: Check[] = [
  { name: "a record that nobody has written for 48 hours is as if it had never been", check: expiry },
  { name: "a circuit held by a command is held for as long as somebody looks at it", check: held },
];

async function opening(probe: Probe): Promise<void> {
  const { unit } = probe;
  const circuit = probe.circuit();
  const rules = { openMs: [3.5 * unit] };
  const opened = await probe.ask(0, circuit, request({ type: "open", isForced: false }, rules));
  demandBetween("an opening of 3.5 units", "waitMs", opened.waitMs, 3 * unit, 3.5 * unit);
  for (const passed of [1, 2, 3]) {
    await probe.pass(1, circuit);
    const when = `an opening of 3.5 units, ${passed} later`;
    const reply = await probe.ask((passed % 2) as 0 | 1, circuit, read);
    demand(when, reply, { state: "open", generation: 1 });
    demandBetween(when, "waitMs", reply.waitMs, (3 - passed) * unit, (3.5 - passed) * unit);
  }
  await probe.pass(1, circuit);
  demand("an opening of 3.5 units, 4 later", await probe.ask(0, circuit, read), { state: "half-open" });
}

async function holding(probe: Probe): Promise<void> {
  const { unit } = probe;
  const circuit = probe.circuit();
  const rules = { quorum: 1, threshold: 2, sharePercent: 1 };
  await probe.ask(0, circuit, request({ type: "close", isForced: true, forMs: 2.5 * unit }, rules));
  await probe.pass(1, circuit);
  const reply = await probe.ask(1, circuit, request(report(1), rules));
  const when = "a report to a circuit that is held closed for 2.5 units, 1 later";
  demand(when, reply, { state: "closed", isForced: true });
  demandBetween(when, "waitMs", reply.waitMs, unit, 1.5 * unit);
  await probe.pass(2, circuit);
  demand("the same, 3 later", await probe.ask(0, circuit, read), { state: "closed", isForced: false });
  demand("a report after it", await probe.ask(1, circuit, request(report(2), rules)), { state: "open" });
}

async function leases(probe: Probe): Promise<void> {
  const { unit } = probe;
  const circuit = probe.circuit();
  const ask = (token: number) => probe.ask(0, circuit, request(lease(token, 1.5 * unit), { trials: 1 }));
  await probe.ask(0, circuit, request({ type: "half-open" }));
  demand("the first who asks for the one trial", await ask(1), { isGranted: true });
  await probe.pass(1, circuit);
  demand("the next one, within the lease", await ask(2), { isGranted: false });
  await probe.pass(1, circuit);
  demand("the next one, after the lease", await ask(3), { isGranted: true });
}

async function windows(probe: Probe): Promise<void> {
  const { unit } = probe;
  const rules = { windowMs: 1.5 * unit };
  for (const [units, state] of [
    [1, "open"],
    [2, "closed"],
  ] as const) {
    const circuit = probe.circuit(units);
    await probe.ask(0, circuit, request(report(1), rules));
    await probe.pass(units, circuit);
    const reply = await probe.ask(1, circuit, request(report(2), rules));
    demand(`two reports where two open it, ${units} apart in a window of 1.5`, reply, { state });
  }
}

async function expiry(probe: Probe): Promise<void> {
  const circuit = probe.circuit();
  await probe.ask(0, circuit, request({ type: "open", isForced: false }));
  await probe.pass(Math.ceil(recordLifeMs / probe.unit), circuit);
  const gone = { state: "closed", life: 0, generation: 0, isForced: false, isRepaired: false } as const;
  demand("a look after 48 hours", await probe.ask(0, circuit, read), gone);
}

async function held(probe: Probe): Promise<void> {
  const circuit = probe.circuit();
  await probe.ask(0, circuit, request({ type: "open", isForced: true }));
  for (const hours of [40, 80, 120]) {
    await probe.pass(Math.floor((40 * 3_600_000) / probe.unit), circuit);
    const reply = await probe.ask(0, circuit, read);
    demand(`a look after ${hours} hours, one each 40`, reply, { state: "open", isForced: true });
  }
}
