import type { FleetReply, FleetRequest } from "../../src/core/fleet-record.ts";
import type { Store } from "../../src/core/store.ts";

interface Asked {
  readonly request: FleetRequest;
  answer(reply?: Partial<FleetReply>): Promise<void>;
  fail(): Promise<void>;
}

const closed: FleetReply = {
  life: 1,
  generation: 0,
  state: "closed",
  waitMs: 0,
  trips: 0,
  isGranted: false,
  isSuspect: false,
  isForced: false,
  isRepaired: false,
};

function isCommand({ type }: FleetRequest): boolean {
  return type === "open" || type === "close" || type === "half-open";
}

/** A store that answers when, and what, the test says. */
export class ScriptedStore implements Store {
  readonly asked: Asked[] = [];

  step(_circuit: string, request: FleetRequest): Promise<FleetReply> {
    return new Promise((resolve, reject) => {
      this.asked.push({
        request,
        answer: (reply) => {
          resolve({ ...closed, isGranted: isCommand(request), ...reply });
          return settled();
        },
        fail: () => {
          reject(new Error("no store"));
          return settled();
        },
      });
    });
  }

  get last(): Asked {
    return this.asked.at(-1)!;
  }

  types(): string[] {
    return this.asked.map(({ request }) => request.type);
  }
}

/** Lets everything happen that follows at once. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}
