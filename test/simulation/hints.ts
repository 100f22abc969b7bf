import type { Store } from "../../src/core/store.ts";
import { hintBy } from "../../src/stores/hint.ts";
import type { VirtualTime } from "./virtual-time.ts";

interface HintSettings {
  /** Isolates that share a place: of one machine, of one data centre. */
  readonly sharedBy: number;
  /** Median way there and back. */
  readonly latencyMs: number;
}

/** Places nearer than the store, each shared by so many seats. */
export function nearerPlaces({ sharedBy, latencyMs }: HintSettings) {
  const places = new Map<number, Map<string, string>>();
  return (store: Store, seat: number, time: VirtualTime): Store => {
    const number = Math.floor(seat / sharedBy);
    const place = places.get(number) ?? new Map<string, string>();
    places.set(number, place);
    const carrier = {
      async get(key: string) {
        await time.sleep(latencyMs / 2);
        const value = place.get(key);
        await time.sleep(latencyMs / 2);
        return value;
      },
      async set(key: string, value: string) {
        await time.sleep(latencyMs / 2);
        place.set(key, value);
      },
    };
    return hintBy(carrier, "simulated", () => time.now)(store);
  };
}
