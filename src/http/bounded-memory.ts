/** What is kept under a key. Several may share one. */
export interface Weighed {
  readonly key: string;
  readonly bytes: number;
}

/** Room that is taken by what is not whole yet. */
export interface Claim {
  bytes: number;
  atMs: number;
  /** Its room is another's now. */
  release(): void;
}

export interface BoundedMemory<Entry extends Weighed> {
  /** All of this key, the newest first. */
  find(key: string): readonly Entry[];
  /** Of what is too much, what was kept first goes first. */
  keep(entry: Entry): void;
  forget(entry: Entry): void;
  entries(): Iterable<Entry>;
  /** Raises a claim to so many bytes. False: there is no room, and the claim has none any more. */
  claim(claim: Claim, bytes: number, nowMs: number): boolean;
  release(claim: Claim): void;
  /** All that is held, claims included. */
  bytes(): number;
}

/** A claim that has not grown for so long makes room for another: its reader may never come back. */
const stalledMs = 10_000;

/**
 * At most so many entries, and so many bytes of entries and claims together. Claims may take one half: bodies that are
 * never read to their end must not drive out what is whole.
 */
export function boundedMemory<Entry extends Weighed>(
  maxEntries: number,
  maxBytes: number,
): BoundedMemory<Entry> {
  /** In the order in which they came. */
  const kept = new Set<Entry>();
  const byKey = new Map<string, Entry[]>();
  /** The one that has not grown for the longest comes first. */
  const claims = new Set<Claim>();
  let keptBytes = 0;
  let claimedBytes = 0;

  function forget(entry: Entry): void {
    if (!kept.delete(entry)) return;
    keptBytes -= entry.bytes;
    const others = byKey.get(entry.key)!.filter((each) => each !== entry);
    if (others.length > 0) byKey.set(entry.key, others);
    else byKey.delete(entry.key);
  }

  function shrink(): void {
    for (const oldest of kept) {
      if (kept.size <= maxEntries && keptBytes + claimedBytes <= maxBytes) break;
      forget(oldest);
    }
  }

  function release(claim: Claim): void {
    if (!claims.delete(claim)) return;
    claimedBytes -= claim.bytes;
    claim.bytes = 0;
    claim.release();
  }

  return {
    find: (key) => byKey.get(key) ?? [],
    keep(entry) {
      kept.add(entry);
      keptBytes += entry.bytes;
      byKey.set(entry.key, [entry, ...(byKey.get(entry.key) ?? [])]);
      shrink();
    },
    forget,
    entries: () => kept,
    claim(claim, bytes, nowMs) {
      for (const other of claims) {
        if (claimedBytes + bytes - claim.bytes <= maxBytes / 2) break;
        if (other !== claim && nowMs - other.atMs >= stalledMs) release(other);
      }
      if (claimedBytes + bytes - claim.bytes > maxBytes / 2) {
        release(claim);
        return false;
      }
      claimedBytes += bytes - claim.bytes;
      claim.bytes = bytes;
      claim.atMs = nowMs;
      claims.delete(claim);
      claims.add(claim);
      shrink();
      return true;
    },
    release,
    bytes: () => keptBytes + claimedBytes,
  };
}
