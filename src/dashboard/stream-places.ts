/** Streams at a time. */
export const mostStreams = 20;

/** A stream that nobody has read from for so long gives its place to whoever asks. */
export const leaseMs = 30_000;

/** A place among the streams, held by renewing it: not every runtime says when a reader has left. */
export interface Place {
  /** @returns false when the place has gone to another */
  renew(now: number): boolean;
  leave(): void;
}

/** Places for streams. A lease that is not renewed ends by itself: nothing has to be told. */
export class StreamPlaces {
  readonly #renewedAt = new Map<Place, number>();

  /** @returns `undefined` when all are taken */
  take(now: number): Place | undefined {
    const taken = this.#renewedAt;
    for (const [place, at] of taken) if (now - at > leaseMs) taken.delete(place);
    if (taken.size >= mostStreams) return undefined;
    const place: Place = {
      renew(at) {
        if (!taken.has(place) && taken.size >= mostStreams) return false;
        taken.set(place, at);
        return true;
      },
      leave: () => void taken.delete(place),
    };
    taken.set(place, now);
    return place;
  }

  get taken(): number {
    return this.#renewedAt.size;
  }
}
