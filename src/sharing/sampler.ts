/**
 * What an isolate has to tell the fleet: its failures in a row, and how it went on after the last of them. Not every
 * success: a healthy isolate has nothing to tell.
 */
export interface Sampler {
  failed(mostRun: number): void;
  succeeded(): void;
  /** This isolate opened by its own rule: as telling as a full run of failures. */
  opened(mostRun: number): void;
  /** Somebody else has raised the alarm: the next outcome here is a sample, good or bad. */
  expectSample(): void;
  /** What has to be reported, or `undefined`. It counts as reported from then on. */
  take(now: number): number | undefined;
  /** The report was lost: it is due again with the next outcome. */
  lost(): void;
  /** Another generation: what was seen before is void. */
  forget(): void;
}

/** @param repeatMs a run of failures that goes on is told again so often, because votes expire */
export function createSampler(repeatMs: number): Sampler {
  let run = 0;
  let isSampled = false;
  let isDue = false;
  let reported: number | undefined;
  let reportedAt = -Infinity;
  return {
    failed(mostRun) {
      run = Math.min(run + 1, mostRun);
      isSampled = isDue = true;
    },
    succeeded() {
      isDue = isSampled;
      isSampled = false;
      run = 0;
    },
    opened(mostRun) {
      run = mostRun;
    },
    expectSample() {
      if (isSampled) return;
      isSampled = true;
      run = reported = 1;
    },
    take(now) {
      if (!isDue) return undefined;
      isDue = false;
      if (run === reported && (run === 0 || now - reportedAt < repeatMs)) return undefined;
      reported = run;
      reportedAt = now;
      return run;
    },
    lost() {
      reported = undefined;
    },
    forget() {
      run = 0;
      isSampled = isDue = false;
      reported = undefined;
    },
  };
}
