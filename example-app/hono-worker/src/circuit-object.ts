import { DurableObject } from "cloudflare:workers";
import { storeStep, type FleetReply, type FleetRequest, type Store } from "next-protego/store";

interface Kept {
  readonly text: string;
  readonly writtenAt: number;
}

/** Keeps one circuit. */
export class CircuitObject extends DurableObject {
  async step(request: FleetRequest): Promise<FleetReply | "NewerRecord"> {
    const { storage } = this.ctx;
    const kept = await storage.get<Kept>("circuit");
    const now = Date.now();
    try {
      const { keep, reply } = storeStep(kept?.text, request, kept ? now - kept.writtenAt : 0);
      if (keep !== undefined) await storage.put("circuit", { text: keep, writtenAt: now });
      return reply;
    } catch (error) {
      // An error's name does not survive the way back.
      if ((error as Error).name === "NewerRecord") return "NewerRecord";
      throw error;
    }
  }
}

interface Circuits {
  idFromName(name: string): unknown;
  get(id: unknown): { step(request: FleetRequest): Promise<FleetReply | "NewerRecord"> };
}

export function durableObjectStore(circuits: Circuits): Store {
  return {
    async step(circuit, request) {
      const reply = await circuits.get(circuits.idFromName(circuit)).step(request);
      if (reply !== "NewerRecord") return reply;
      throw Object.assign(new Error("written by a newer version"), { name: "NewerRecord" });
    },
  };
}
