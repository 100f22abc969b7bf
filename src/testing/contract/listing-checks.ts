import type { Store } from "../../core/store.ts";
import type { GivenCommand, ListedCircuit, StoreListing } from "../../core/store-listing.ts";
import { type Check, demand, demandBetween, fail, lease, type Probe, report, request } from "./probe.ts";

/** What a store shows to people, where it can: `list`, and `note` for the words beside it. */
export const listingChecks: Check[] = [
  { name: "a listing shows what is kept of each circuit as it is now, and changes nothing", check: shown },
  { name: "a listing shows circuits by their own names, whatever is in them", check: named },
  { name: "a listing is no longer than was asked for, and says when there is more", check: bounded },
  { name: "a listing shows what was noted last: who commanded, what isolates are called", check: noted },
];

const read = request({ type: "read" });
const open = request({ type: "open", isForced: false });
/** More than the kit leaves behind. */
const most = 10_000;

type Listing = Required<Pick<Store, "list">> & Pick<Store, "note">;

/** The client, if it can list; otherwise the check is left out, and says so. */
async function lister(probe: Probe, client: 0 | 1): Promise<Listing | undefined> {
  const store = await probe.store(client);
  if (store.list) return store as Listing;
  probe.skip("this store has no list: it cannot be shown on the fleet's page");
  return undefined;
}

async function shown(probe: Probe): Promise<void> {
  const store = await lister(probe, 1);
  if (!store) return;
  const [opened, held, reported, tried] = [
    probe.circuit(0),
    probe.circuit(1),
    probe.circuit(2),
    probe.circuit(3),
  ];
  const { unit } = probe;
  await probe.ask(0, opened, request({ type: "open", isForced: false }, { openMs: [5 * unit] }));
  await probe.ask(0, held, request({ type: "open", isForced: true }));
  await probe.ask(0, reported, request(report(35)));
  await probe.ask(0, tried, request({ type: "half-open" }));
  await probe.ask(0, tried, request(lease(9, 5 * unit)));
  await probe.pass(1, opened);
  const listing = await store.list(most);
  const when = "a listing after one unit of time";
  const { restMs } = recordOf(when, listing, opened);
  demandBetween(when, "restMs of an opening of 5 units", restMs, 3 * unit, 4 * unit);
  expectThat(when, "a circuit held open", recordOf(when, listing, held).isForced);
  const [vote, ...others] = recordOf(when, listing, reported).votes;
  expectThat(when, "one report, of isolate 35", vote?.reporter === 35 && others.length === 0);
  const { leases, isOpen } = recordOf(when, listing, tried);
  expectThat(when, "a trial that runs, token 9", isOpen && leases[0]?.token === 9);
  demand("a look after a listing", await probe.ask(0, opened, read), { state: "open", generation: 1 });
}

async function named(probe: Probe): Promise<void> {
  const store = await lister(probe, 0);
  if (!store) return;
  const names = ["__proto__", "a*b{c}", "\u0000\n%", "../..", "%7B", "日本", "x".repeat(400)].map((which) =>
    probe.circuit(which),
  );
  for (const name of names) {
    // oxlint-disable-next-line no-await-in-loop
    await probe.ask(1, name, open);
  }
  const listing = await store.list(most);
  for (const name of names) {
    const when = `a listing of a circuit named ${JSON.stringify(name.slice(0, 60))}`;
    expectThat(when, "an opening", recordOf(when, listing, name).isOpen);
  }
}

async function bounded(probe: Probe): Promise<void> {
  const store = await lister(probe, 0);
  if (!store) return;
  const names = [0, 1, 2].map((which) => probe.circuit(which));
  await Promise.all(names.map((name) => probe.ask(1, name, open)));
  const { circuits, isCutShort } = await store.list(2);
  const when = "a listing of at most 2, where there are 3 and more";
  if (circuits.length > 2) fail(when, "2 circuits", String(circuits.length));
  expectThat(when, "isCutShort", isCutShort);
}

async function noted(probe: Probe): Promise<void> {
  const store = await lister(probe, 0);
  const writer = await probe.store(1);
  if (!store) return;
  if (!writer.note) {
    probe.skip("this store has no note: who commanded and what isolates are called is not shown");
    return;
  }
  const circuit = probe.circuit();
  const command = (by: string): GivenCommand => ({
    type: "open",
    isForced: false,
    by,
    why: "a test",
    at: 1000,
  });
  await probe.ask(0, circuit, request(report(36)));
  for (const by of ["ada", "grace"]) {
    // oxlint-disable-next-line no-await-in-loop
    await writer.note({ about: "circuit", circuit, command: command(by) });
    // oxlint-disable-next-line no-await-in-loop
    await writer.note({ about: "isolate", reporter: 36, label: `region of ${by}` });
  }
  const { circuits, isolates } = await store.list(most);
  const when = "a listing after two notes about the same";
  const given = circuits.find((each) => each.circuit === circuit)?.command;
  if (given?.by !== "grace" || given.type !== "open" || given.why !== "a test" || given.at !== 1000) {
    fail(when, JSON.stringify(command("grace")), JSON.stringify(given));
  }
  if (isolates.get(36) !== "region of grace") {
    fail(when, 'isolate 36 called "region of grace"', JSON.stringify(isolates.get(36)));
  }
}

function recordOf(
  when: string,
  { circuits }: StoreListing,
  name: string,
): Exclude<ListedCircuit["record"], string> {
  const found = circuits.find(({ circuit }) => circuit === name);
  if (!found) fail(when, "the circuit in it", `${circuits.length} others`);
  return typeof found.record === "string" ? fail(when, "a record", found.record) : found.record;
}

function expectThat(when: string, what: string, isSo: boolean): void {
  if (!isSo) fail(when, what, "something else");
}
