/** Tells long or private texts apart, in few characters. Not a secret: who has the text has the hash. */
export function shortHash(text: string): string {
  let high = 7;
  let low = 11;
  for (let i = 0; i < text.length; i++) {
    high = Math.imul(high ^ text.charCodeAt(i), 2654435761);
    low = Math.imul(low ^ text.charCodeAt(i), 1597334677);
  }
  return `${high >>> 0}.${low >>> 0}`;
}
