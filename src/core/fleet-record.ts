/**
 * One circuit as the whole fleet shares it. Times are milliseconds at the moment of reading; a record's own expiry
 * is the only clock there is.
 */
export interface FleetRecord {
  /** Random, chosen anew whenever the record begins: generations of different lives do not compare. */
  readonly life: number;
  readonly generation: number;
  readonly isOpen: boolean;
  /** Stays as it is until another command. Such a record has no end, and no time passes in it. */
  readonly isForced: boolean;
  /**
   * Open: until trials; 0 and less is half-open. Closed: above 0 it is held closed for so long; below, it has been closed
   * for so long.
   */
  readonly restMs: number;
  /** Openings in a row, without a healthy spell between them. */
  readonly trips: number;
  /** Trials that have succeeded since half-open. */
  readonly successes: number;
  /** Trials that have failed since half-open, and were tolerated. */
  readonly failures: number;
  /** Since the first trial of this generation began, or -1 before it. */
  readonly firstTrialMs: number;
  /** Since the latest began. */
  readonly lastTrialMs: number;
  readonly votes: readonly Vote[];
  readonly leases: readonly Lease[];
}

/**
 * What one isolate saw last. A first failure is an alarm and decides nothing: who only speaks up when something
 * fails has a tale of nothing but failures. From then on its outcomes are samples, good or bad.
 */
export interface Vote {
  readonly reporter: number;
  /** Number of the report: one that comes twice, or late, changes nothing. */
  readonly sequence: number;
  /** Failures in a row: 0 is a good sample, 1 the alarm, 2 and more a bad sample. */
  readonly run: number;
  readonly ageMs: number;
}

/** A trial that is running somewhere. It holds its place until it ends, whatever the circuit becomes meanwhile. */
export interface Lease {
  readonly token: number;
  readonly leftMs: number;
}

/** What an isolate asks of the record. One request, one atomic step. */
export type FleetRequest = FleetPolicy & { readonly life: number } & OwnRequest;

export type OwnRequest =
  | { readonly type: "read" }
  | {
      readonly type: "report";
      readonly reporter: number;
      readonly sequence: number;
      readonly run: number;
      /** Generation in which this was seen, or -1 when unknown. */
      readonly seen: number;
      /** A bad sample of which nothing was told as it came about: it counts from the first as one that has faded. */
      readonly isFaded?: boolean | undefined;
    }
  | {
      readonly type: "lease";
      readonly token: number;
      /** How long the place is held: as long as the call that asks may take, and the grant be on its way. */
      readonly leaseMs: number;
      /** Of an isolate that opened by its own rule: it wants a place even where the fleet is closed. */
      readonly isAlone: boolean;
      /** So long before the end of an opening a place is granted already, to be used after it. None by default. */
      readonly aheadMs?: number | undefined;
    }
  | {
      readonly type: "settle";
      readonly token: number;
      readonly generation: number;
      readonly verdict: "success" | "failure" | "ignored";
    }
  /**
   * A command by hand. `seen` is the generation that its sender knows, 0 for one that knows of none. Where the circuit stands at
   * another, the command changes nothing: somebody has been there since. Who still waits for it sends it anew. -1, the
   * default, is any generation.
   */
  | { readonly type: "open"; readonly isForced: boolean; readonly seen?: number | undefined }
  | {
      readonly type: "close";
      readonly isForced: boolean;
      /** The hold ends by itself after so long. */
      readonly forMs?: number | undefined;
      readonly seen?: number | undefined;
    }
  | { readonly type: "half-open"; readonly seen?: number | undefined };

export interface FleetPolicy {
  /** Distinct isolates with bad samples that it takes to open. */
  readonly quorum: number;
  /** Failures in a row that it takes, all bad samples together. */
  readonly threshold: number;
  /** Share of bad samples that it takes, in percent. */
  readonly sharePercent: number;
  /** How long a vote counts. */
  readonly windowMs: number;
  /** How long to stay open, at the first, second, … opening in a row; the last holds for all further ones. */
  readonly openMs: readonly number[];
  /** No opening that was not forced lasts longer, whatever a record says. */
  readonly longestOpeningMs: number;
  /** Good trials that close. */
  readonly trials: number;
  /** Trials at the same time. */
  readonly concurrent: number;
  /** Failed trials that do not open. */
  readonly tolerated: number;
  /** At most one trial begins in this time. */
  readonly everyMs: number;
  /** The longest stay half-open, from its first trial on: undecided by then, the circuit opens again. 0 is no bound. */
  readonly stayMs: number;
}

/** The fleet's verdict, in whole numbers. */
export interface FleetReply {
  /** 0 while there is no record yet. */
  readonly life: number;
  readonly generation: number;
  readonly state: "closed" | "open" | "half-open";
  /** Until trials, or until a place for a trial may be free; closed, until a hold ends that has an end. */
  readonly waitMs: number;
  readonly trips: number;
  /** Closed after an opening: since then. For those who let a growing share through. */
  readonly closedMs?: number | undefined;
  /** Of a lease: there is a place. Of a command: it has been carried out. */
  readonly isGranted: boolean;
  /** Somebody has spoken up lately, and what the asker sees next is worth telling, good or bad. */
  readonly isSuspect: boolean;
  readonly isForced: boolean;
  /** What the store held was no record, or out of bounds; it is one again. */
  readonly isRepaired: boolean;
}

/** A record that nobody writes for so long is forgotten. */
export const recordLifeMs = 48 * 3_600_000;

/** So many samples of the last tenth of the window are enough; then only one joining isolate of many is asked. */
export const enoughSamples = 8;
export const oneOfJoining = 64;

/** A good sample makes an opening harder for so many windows: where some calls always fail, they are few and far between. */
export const calmWindows = 3;

/**
 * For so many windows a bad sample is kept: after the first it has faded, and takes part in an opening only where there are
 * more bad ones than good ones call for.
 */
export const badWindows = 1.3;

/** More votes than these are not kept: alarms go first, then bad samples that have faded, then the oldest. */
export const mostVotes = 16;

/** More trials than these are never under way at the same time, however many must succeed. */
export const mostLeases = 32;

/** No lease is longer than this, or than the longest opening, whatever a record says. */
export const longestLeaseMs = 600_000;
