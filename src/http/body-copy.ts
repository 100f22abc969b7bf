import type { BoundedMemory, Claim, Weighed } from "./bounded-memory.ts";

/** A copy of a body, made part by part as its reader reads. */
export interface BodyCopy {
  /** The reader may do with its own what it likes: the copy has bytes of its own. */
  add(part: Uint8Array, nowMs: number): void;
  /** The whole, and nothing where it was too much. The room it took is free. */
  finish(): Uint8Array<ArrayBuffer> | undefined;
  drop(): void;
}

/**
 * One growing buffer: a body that comes byte by byte weighs no more than another. Room is claimed before it is taken.
 *
 * @param headBytes what the answer weighs without its body
 */
export function bodyCopy(memory: BoundedMemory<Weighed>, headBytes: number, mostBytes: number): BodyCopy {
  let buffer: Uint8Array<ArrayBuffer> | undefined = new Uint8Array(0);
  let size = 0;
  const claim: Claim = { bytes: 0, atMs: 0, release: () => (buffer = undefined) };

  function drop(): void {
    memory.release(claim);
    buffer = undefined;
  }

  return {
    add(part, nowMs) {
      if (!buffer) return;
      // A stream of one's own may give what are no bytes.
      const needed = ArrayBuffer.isView(part) ? size + part.byteLength : Infinity;
      if (needed > mostBytes) return drop();
      const room = needed <= buffer.length ? buffer.length : Math.min(mostBytes, Math.max(needed, size * 2));
      if (!memory.claim(claim, headBytes + room, nowMs)) return drop();
      if (room > buffer.length) {
        const larger = new Uint8Array(room);
        larger.set(buffer.subarray(0, size));
        buffer = larger;
      }
      buffer.set(part, size);
      size = needed;
    },
    finish() {
      const whole = buffer?.slice(0, size);
      drop();
      return whole;
    },
    drop,
  };
}
