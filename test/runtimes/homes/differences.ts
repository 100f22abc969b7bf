/** What does not hold in a home, and why: a check's name, the home's, the reason. `docs/runtimes.md` has the same table. */
export const differences: ReadonlyArray<{
  readonly check: RegExp;
  readonly home: RegExp;
  readonly why: string;
}> = [
  {
    check: /^a bad method is the caller's mistake/,
    home: /^Bun$/,
    why: "Bun's fetch sends methods that the standard forbids, so there is no mistake",
  },
  {
    check: /^(JSON that is kept|a stale answer stands in|the last good answer is served)/,
    home: /^Chromium$/,
    why: "a browser sends cookies to its own origin, so what it answers may be one user's and is not kept",
  },
  {
    check: /^a stream arrives as it was given$/,
    home: /^Chromium$/,
    why: "Chromium streams a request's body over HTTP/2 only",
  },
];
