import type { FleetReply, FleetRequest } from "../../core/fleet-record.ts";
import { type Check, demand, fail, lease, type Probe, report, request } from "./probe.ts";

const rounds = 5;

const read = request({ type: "read" });

/** Steps that come at once have the effect of steps that come one after another. */
export const concurrencyChecks: Check[] = [
  { name: "of many who ask for a trial at once, as many get one as there are trials", check: trials },
  { name: "of reports that come at once none is lost", check: reports },
  { name: "of commands that come at once each makes a generation of its own", check: commands },
  { name: "of commands that come at once and know the same generation one is carried out", check: rivals },
  { name: "trials that end at once all count", check: endings },
];

/** Sends all at once, by both clients. */
function atOnce(probe: Probe, circuit: string, requests: readonly FleetRequest[]): Promise<FleetReply[]> {
  return Promise.all(requests.map((each, index) => probe.ask((index % 2) as 0 | 1, circuit, each)));
}

async function trials(probe: Probe): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const circuit = probe.circuit(round);
    await probe.ask(0, circuit, request({ type: "half-open" }));
    const asked = Array.from({ length: 12 }, (_, index) => request(lease(index + 1)));
    const replies = await atOnce(probe, circuit, asked);
    const granted = replies.filter(({ isGranted }) => isGranted).length;
    if (granted !== 3) fail("12 requests at once for 3 trials", "3 granted", String(granted));
  }
}

async function reports(probe: Probe): Promise<void> {
  const voters = [1, 2, 3, 4, 5, 6];
  for (let round = 0; round < rounds; round++) {
    const circuit = probe.circuit(round);
    const rules = { quorum: voters.length, threshold: 2 * voters.length };
    const requests = voters.map((reporter) => request(report(reporter), rules));
    await atOnce(probe, circuit, requests);
    const when = `after ${voters.length} reports at once, where ${voters.length} open the circuit`;
    demand(when, await probe.ask(0, circuit, read), { state: "open", generation: 1 });
  }
}

async function commands(probe: Probe): Promise<void> {
  const six = [1, 2, 3, 4, 5, 6];
  for (let round = 0; round < rounds; round++) {
    const circuit = probe.circuit(round);
    const replies = await atOnce(
      probe,
      circuit,
      six.map((each) => request({ type: each % 2 ? "open" : "close", isForced: false })),
    );
    const generations = replies.map(({ generation }) => generation).sort((one, other) => one - other);
    if (generations.join() !== six.join()) {
      fail("six commands at once", `the generations ${six.join()}`, generations.join());
    }
    demand("after six commands at once", await probe.ask(1, circuit, read), { generation: 6 });
  }
}

async function rivals(probe: Probe): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const circuit = probe.circuit(round);
    await probe.ask(0, circuit, request({ type: "open", isForced: false }));
    const six = [1, 2, 3, 4, 5, 6];
    const replies = await atOnce(
      probe,
      circuit,
      six.map((each) => request({ type: each % 2 ? "open" : "close", isForced: false, seen: 1 })),
    );
    const done = replies.filter(({ isGranted }) => isGranted).length;
    if (done !== 1) fail("six commands at once, each for generation 1", "1 carried out", String(done));
    const when = "after six commands at once, each for generation 1";
    demand(when, await probe.ask(1, circuit, read), { generation: 2 });
    const late = await probe.ask(0, circuit, request({ type: "open", isForced: true, seen: 0 }));
    demand("the reply to a command for generation 0", late, {
      isGranted: false,
      generation: 2,
      isForced: false,
    });
  }
}

async function endings(probe: Probe): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const circuit = probe.circuit(round);
    await probe.ask(0, circuit, request({ type: "half-open" }));
    const tokens = [1, 2, 3];
    for (const token of tokens) await probe.ask(0, circuit, request(lease(token)));
    const settled = tokens.map((token) =>
      request({ type: "settle", token, generation: 1, verdict: "success" }),
    );
    await atOnce(probe, circuit, settled);
    const when = "after three trials that ended well at once, where three close the circuit";
    demand(when, await probe.ask(1, circuit, read), { state: "closed", generation: 2 });
  }
}
