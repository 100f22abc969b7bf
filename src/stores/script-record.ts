import { type FleetRecord, recordLifeMs } from "../core/fleet-record.ts";
import { type ListedCircuit, seenAfter } from "../core/store-listing.ts";

/** The script's record: version, life, generation, state, rest, trips, what was tried, votes, leases. */
const form =
  /^[12]\|(\d+)\|(\d+)\|([0-3])\|(-?\d+)\|(\d+)\|(\d+(?::\d+:-?\d+:-?\d+)?)\|([\d:;]*)\|([\d:;]*)$/;
const longestText = 8192;

/**
 * The record in what the script has written, for a look. What decides reads it in the script itself.
 *
 * @param leftMs of the key's time to live; below zero it has none
 */
export function scriptRecord(text: unknown, leftMs: number): ListedCircuit["record"] {
  if (typeof text !== "string" || text.length > longestText) return "unreadable";
  const version = /^(\d{1,8})\|/.exec(text)?.[1];
  if (version !== undefined && Number(version) > 2) return "newer";
  const parts = form.exec(text)?.slice(1);
  if (!parts) return "unreadable";
  const [life, generation, state, restMs, trips] = parts.map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  // The version before knew successes only.
  const [successes, failures = 0, firstTrialMs = -1, lastTrialMs = 0] = parts[5]!.split(":").map(Number);
  const record: FleetRecord = {
    life,
    generation,
    isOpen: state % 2 === 1,
    isForced: state >= 2,
    restMs,
    trips,
    successes: successes!,
    failures,
    firstTrialMs,
    lastTrialMs,
    votes: tuples(parts[6]!, 4).map(([reporter, sequence, run, ageMs]) => ({
      reporter: reporter!,
      sequence: sequence!,
      run: run!,
      ageMs: ageMs!,
    })),
    leases: tuples(parts[7]!, 2).map(([token, left]) => ({ token: token!, leftMs: left! })),
  };
  const elapsedMs = leftMs >= 0 && leftMs <= recordLifeMs ? recordLifeMs - leftMs : 0;
  return seenAfter(record, elapsedMs);
}

/** Whether its times have to be counted on to be told: a closed circuit without votes, trials and a hold stands still. */
export function needsTime(text: unknown): boolean {
  return (
    typeof text === "string" && !/^[12]\|\d+\|\d+\|(?:0\|(?:0|-\d+)(?:\|[^|]*){2}\|\|$|[23]\|)/.test(text)
  );
}

function tuples(text: string, length: number): number[][] {
  return text
    .split(";")
    .map((each) => each.split(":").map(Number))
    .filter((each) => each.length === length);
}
