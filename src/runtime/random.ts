let state = 0;

/**
 * A number from 0 to 1 from a generator of our own: `Math.random` breaks Next's prerenders. Good enough for
 * spreading load, for nothing else.
 */
export function random(): number {
  // Seeded late, not at import, and differently in each isolate.
  state ||= (performance.timeOrigin * 1000 + performance.now() * 1e6) | 1;
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}
