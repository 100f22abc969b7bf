import type { ProtegoEvent } from "../../../src/index.ts";
import { equal, errorOf, match } from "./assert.ts";
import type { Check } from "./check.ts";
import { scripted } from "./scripted.ts";

export const steering: Check[] = [
  {
    name: "open, halfOpen, close and reset steer a circuit by hand",
    async run(api) {
      const calls = scripted(api);
      await calls.succeed();
      const circuit = calls.circuit();
      circuit.open();
      await calls.refused();
      circuit.halfOpen();
      equal(circuit.state, "half-open", "by hand");
      await calls.succeed();
      circuit.close();
      equal(circuit.state, "closed", "by hand");
      await calls.fail(3);
      circuit.reset();
      equal([circuit.state, circuit.snapshot().totals.failed], ["closed", 0], "after a reset");
    },
  },
  {
    name: "configure changes a live circuit and keeps its state",
    async run(api) {
      const calls = scripted(api);
      await calls.fail(3);
      calls.circuit().configure({ resetTimeout: "5s" });
      equal(calls.circuit().snapshot().retryAfter, 5000, "the wait follows the new option");
      await errorOf(() => calls.circuit().configure({ resetTimeout: "10 parsecs" as "10s" }), "a bad option");
      equal(calls.circuit().snapshot().retryAfter, 5000, "a bad option changes nothing");
    },
  },
  {
    name: "a circuit can be registered and opened before its first call",
    async run(api) {
      api.circuits.register("steered early").open();
      const call = api.protect(() => Promise.resolve("reached"), { name: "steered early" });
      equal((await errorOf(() => call(), "the first call")).name, "CircuitOpenError", "the refusal");
    },
  },
  {
    name: "listeners hear calls and changes in order, on one circuit and on all, until they leave",
    async run(api) {
      const calls = scripted(api);
      await calls.succeed();
      const heard: string[] = [];
      const everywhere: ProtegoEvent[] = [];
      const leave = calls.circuit().subscribe((event) => heard.push(event.type));
      const leaveAll = api.circuits.subscribe((event) => everywhere.push(event));
      await calls.fail(3);
      await calls.refused();
      leave();
      leaveAll();
      calls.circuit().close();
      const call = ["call.allowed", "call.failed"];
      equal(heard, [...call, ...call, ...call, "circuit.changed", "call.refused"], "what one heard");
      equal(everywhere.length, heard.length, "what all heard");
      const change = everywhere.find((event) => event.type === "circuit.changed");
      equal([change?.from, change?.to, change?.reason], ["closed", "open", "calls"], "the change");
    },
  },
  {
    name: "a listener that throws or rejects breaks neither the call nor the other listeners",
    async run(api) {
      const heard: string[] = [];
      const calls = scripted(api, {
        on: () => {
          throw new Error("a bad listener");
        },
      });
      equal(await calls.succeed(), "fine", "the call");
      calls.circuit().subscribe((() => Promise.reject(new Error("a bad listener"))) as () => void);
      calls.circuit().subscribe((event) => heard.push(event.type));
      equal(await calls.succeed(), "fine", "the call");
      equal(heard, ["call.allowed", "call.succeeded"], "the other listener");
    },
  },
  {
    name: "a listener may steer the circuit it hears of",
    async run(api) {
      const calls = scripted(api, {
        on: (event) => {
          if (event.type === "circuit.changed" && event.to === "open") calls.circuit().close();
        },
      });
      await calls.fail(3);
      equal(calls.circuit().state, "closed", "closed by its listener");
    },
  },
  {
    name: "the registry stays within its bound and keeps an open circuit",
    async run(api) {
      const before = api.circuits.list().length;
      api.circuits.register("kept open").open();
      for (let i = 0; i < 1500; i++) {
        await api.protect(() => Promise.resolve(i), { name: `one of many ${i}` })();
      }
      equal(before <= 1000 && api.circuits.list().length === 1000, true, "at most 1000");
      equal(api.circuits.get("kept open")?.state, "open", "the open one");
      equal(api.circuits.get("one of many 1499")?.state, "closed", "the newest");
    },
  },
  {
    name: "names that look like an object's own do not confuse the registry",
    run(api) {
      const hostile = ["__proto__", "constructor", "toString", " ", "\u0000", "x".repeat(10_000)];
      for (const name of hostile) {
        equal(api.circuits.get(name), undefined, `${name.slice(0, 20)} before its first use`);
      }
      for (const name of hostile.filter(Boolean)) {
        api.circuits.register(name).open();
        equal(api.circuits.get(name)?.state, "open", name.slice(0, 20));
        api.circuits.get(name)?.close();
      }
      equal(({} as { state?: unknown }).state, undefined, "Object.prototype");
    },
  },
  {
    name: "a bad option throws when the wrapper is made and says what to write",
    async run(api) {
      const bad: Array<[string, unknown, string]> = [
        ["failureThreshold", NaN, "RangeError"],
        ["failureThreshold", "3", "TypeError"],
        ["resetTimeout", -1, "RangeError"],
        ["resetTimeout", "10 parsecs", "TypeError"],
        ["halfOpenRetries", 0, "RangeError"],
        ["timeout", 0, "RangeError"],
        ["isFailure", "yes", "TypeError"],
        ["ignoreErrors", Error, "TypeError"],
        ["enabled", "sometimes", "TypeError"],
        ["fetch", "fetch", "TypeError"],
        ["name", "", "TypeError"],
      ];
      for (const [option, value, kind] of bad) {
        const error = await errorOf(() => api.createProtectedFetch({ [option]: value }), option);
        equal(error.name, kind, `${option}: ${String(value)}`);
        match(error.message, new RegExp(`"${option}".*must be`), option);
      }
    },
  },
];
