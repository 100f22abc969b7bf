import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { registry } from "../../src/breaker/registry.ts";
import { circuits } from "../../src/index.ts";
import { memoryStore, shareStore, type Store } from "../../src/redis.ts";
import { isolateIdentity } from "../../src/sharing/isolate-identity.ts";
import { resetCircuits } from "../../src/testing.ts";
import { DrivenCircuit } from "../peers/driven-circuit.ts";
import { everythingSent } from "../peers/small-fleet.ts";

beforeEach(resetCircuits);
afterEach(() => vi.restoreAllMocks());

test("isolates whose clocks all show nothing are told apart", () => {
  vi.spyOn(performance, "now").mockReturnValue(0);
  vi.spyOn(performance, "timeOrigin", "get").mockReturnValue(0);
  const reporters = Array.from({ length: 20 }, () => {
    resetCircuits();
    return isolateIdentity().reporter;
  });
  expect(new Set(reporters).size).toBe(20);
});

test("nothing is drawn and no clock is read when a store or a circuit is made", () => {
  const drawn = vi.spyOn(crypto, "getRandomValues");
  shareStore(memoryStore());
  new DrivenCircuit({ store: shareStore(memoryStore()) });
  isolateIdentity();
  expect(drawn).not.toHaveBeenCalled();
  expect(registry().isolate).toBeUndefined();
});

test("every copy of the module that a bundler makes has the same identity", () => {
  expect(isolateIdentity().reporter).toBe(isolateIdentity().reporter);
  expect(isolateIdentity().token()).not.toBe(isolateIdentity().token());
  expect(isolateIdentity().sequence()).toBeLessThan(isolateIdentity().sequence());
});

test("where chance is forbidden it does without", () => {
  vi.spyOn(crypto, "getRandomValues").mockImplementation(() => {
    throw new Error("not here");
  });
  expect(isolateIdentity().reporter).toBeGreaterThan(0);
});

describe("one isolate with a dead network", () => {
  test("opens for itself alone, however often its circuits are forgotten and made again", async () => {
    const driven = new DrivenCircuit();
    const records = memoryStore(() => driven.clock.now());
    const states: string[] = [];
    const reporters = new Set<number>();
    const store: Store = {
      async step(_, request) {
        if (request.type === "report") reporters.add(request.reporter);
        const reply = await records.step("the circuit", request);
        states.push(reply.state);
        return reply;
      },
    };
    const { capacity } = registry();
    for (let life = 0; life < 10; life++) {
      const one = new DrivenCircuit({ store: shareStore(store), clock: driven.clock });
      for (let call = 0; call < 3; call++) {
        await one.fail();
        await everythingSent();
        driven.clock.advance(50);
      }
      circuits.limit(1);
      new DrivenCircuit();
      circuits.limit(capacity);
    }
    expect(reporters.size).toBe(1);
    expect(states).not.toContain("open");
    expect(states.length).toBeGreaterThan(20);
  });
});
