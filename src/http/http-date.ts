/**
 * Milliseconds of a date in one of the three formats of RFC 9110 §5.6.7, `NaN` for anything else. The last of them ends
 * with the year, names no zone and is GMT all the same.
 */
export function httpDateMs(value: string): number {
  const [, end] = /^[A-Z][a-z]+,? [\w -]+ [\d:]{8} (GMT|\d{4})$/.exec(value) ?? [];
  return end ? Date.parse(end === "GMT" ? value : `${value} GMT`) : NaN;
}
