/**
 * npm ends the shell between it and us when it is told to end, and the shell does not tell us: whoever stops
 * `npm run demo` with a signal to npm alone means us as well.
 */
export function whenNpmIsGone(act: () => void): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, 250);
  timer.unref();
}
