/** What a request to the fleet carries beside what it asks: by the defaults. */
export const fleetPolicy = {
  life: 7,
  quorum: 2,
  threshold: 3,
  sharePercent: 50,
  windowMs: 10_000,
  openMs: [60_000],
  longestOpeningMs: 600_000,
  trials: 2,
  concurrent: 2,
  tolerated: 0,
  everyMs: 0,
  stayMs: 0,
};
