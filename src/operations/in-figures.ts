/** A duration as people say it: `4 ms`, `1.2 s`, `12 min`, `2.5 h`, `48 h`. */
export function durationInWords(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)} min`;
  const hours = ms / 3_600_000;
  return `${hours < 9.95 ? Math.round(10 * hours) / 10 : Math.round(hours)} h`;
}

/** `1 call`, `2 calls`, `1,234 calls`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${inFigures(number)} ${number === 1 ? one : many}`;
}

export function inFigures(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `0 %`, `0.3 %`, `41 %`: a share that is not nothing never reads as nothing. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "0 %";
  const share = (100 * part) / whole;
  return share < 0.1 ? "< 0.1 %" : share < 10 ? `${share.toFixed(1)} %` : `${Math.round(share)} %`;
}
