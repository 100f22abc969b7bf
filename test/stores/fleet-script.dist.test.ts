import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fleetStep } from "../../src/core/fleet.ts";
import {
  type FleetRecord,
  type FleetRequest,
  type OwnRequest,
  recordLifeMs,
} from "../../src/core/fleet-record.ts";
import { plainScript, pushingScript, upstashScript } from "../../src/stores/fleet-script.ts";
import { argumentsOf, keyOf, replyOf } from "../../src/stores/redis-command.ts";
import { pushingSha } from "../../src/stores/redis-push.ts";
import { plainSha } from "../../src/stores/redis-store.ts";
import { upstashSha } from "../../src/stores/upstash-store.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { RedisConnection } from "../upstash-server/redis-connection.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import { anyFleetHistory } from "./fleet-history.ts";
import { fleetPolicy } from "./fleet-policy.ts";

test.each([
  ["plain Redis", plainScript, plainSha],
  ["Upstash", upstashScript, upstashSha],
  ["Redis that pushes", pushingScript, pushingSha],
])("the SHA-1 of the script for %s is the one that is sent", (_server, text, sha) => {
  expect(createHash("sha1").update(text).digest("hex")).toBe(sha);
});

describe("the script in a real Redis", () => {
  const hasRedis = needsRedis();
  let redis: RunningRedis | undefined;
  let connection: RedisConnection;
  beforeAll(async () => {
    if (!hasRedis) return;
    redis = await startRedis();
    connection = new RedisConnection(redis.port);
  });
  afterAll(async () => {
    connection?.close();
    await redis?.stop();
  });

  /** Runs a step as it would run so long after the record was written: only the look at the key's age is replaced. */
  function stepAfter(key: string, elapsedMs: number, request: FleetRequest): Promise<unknown> {
    // To publish changes nothing else.
    const text = histories % 2 ? pushingScript : plainScript;
    const script = text.replace("redis.call('PTTL', key)", String(recordLifeMs - elapsedMs));
    return connection.send("EVAL", script, 1, key, ...argumentsOf(request));
  }

  let histories = 0;

  test("answers as the model does, whatever comes in whatever order", async () => {
    const seen = new Set<string>();
    const property = fc.asyncProperty(anyFleetHistory, async (history) => {
      const key = keyOf("test", String(histories++));
      let record: FleetRecord | undefined;
      let elapsedMs = 0;
      for (const { passMs, request } of history) {
        elapsedMs += passMs;
        if (elapsedMs >= recordLifeMs && !record?.isForced) [record, elapsedMs] = [undefined, 0];
        if (record === undefined) await connection.send("DEL", key);
        const { record: after, reply } = fleetStep(record, request, elapsedMs);
        expect(replyOf(await stepAfter(key, elapsedMs, request))).toEqual(reply);
        if (after) [record, elapsedMs] = [after, 0];
        for (const sign of ["isGranted", "isSuspect", "isForced", "isRepaired"] as const) {
          if (reply[sign]) seen.add(sign);
        }
        if (reply.isGranted && reply.state === "open") seen.add("granted ahead");
        seen.add(reply.state).add(`trips ${Math.min(reply.trips, 2)}`);
      }
    });
    await fc.assert(property, { numRuns: 4000 });
    expect(plainScript).toContain("redis.call('PTTL', key)");
    // The histories reach every kind of answer.
    expect([...seen].toSorted()).toEqual(
      [
        "closed",
        "granted ahead",
        "half-open",
        "isForced",
        "isGranted",
        "isRepaired",
        "isSuspect",
        "open",
        ...[0, 1, 2].map((trips) => `trips ${trips}`),
      ].toSorted(),
    );
  });

  test("takes the age of a record from its key's time to live", async () => {
    const key = keyOf("test", "ages");
    const step = async (own: OwnRequest) =>
      replyOf(await connection.send("EVAL", plainScript, 1, key, ...argumentsOf({ ...policy, ...own })));
    await step({ type: "open", isForced: false });
    await connection.send("PEXPIRE", key, recordLifeMs - 40_000);
    const { state, waitMs } = await step({ type: "read" });
    expect(state).toBe("open");
    // Sixty seconds of which forty are over, and the moments that this test took.
    expect(waitMs).toBeGreaterThan(10_000);
    expect(waitMs).toBeLessThanOrEqual(20_000);
    await connection.send("PEXPIRE", key, recordLifeMs - 60_000);
    expect(await step({ type: "read" })).toMatchObject({ state: "half-open" });
  });

  test.each([
    ["of another type", ["LPUSH", "x"]],
    ["no record", ["SET", "garbage"]],
    ["truncated", ["SET", "1|5|3|1|600"]],
    ["binary", ["SET", Buffer.from([0, 255, 124, 1])]],
    ["empty", ["SET", ""]],
    ["too long", ["SET", `1|5|3|1|600|1|0|${"1:1:1:1;".repeat(5000)}|`]],
    ["absurd in its numbers", ["SET", `1|5|${"9".repeat(30)}|1|600|1|0||`]],
  ])("repairs a value that is %s", async (name, [command, value]) => {
    const key = keyOf("test", `bad ${name}`);
    await connection.send(command!, key, value!);
    const step = async (own: OwnRequest) =>
      replyOf(await connection.send("EVAL", plainScript, 1, key, ...argumentsOf({ ...policy, ...own })));
    expect(await step({ type: "read" })).toMatchObject({ state: "closed", isRepaired: true });
    expect(await step({ type: "read" })).toMatchObject({ state: "closed", isRepaired: false });
    expect(await connection.send("PTTL", key)).toBeGreaterThan(0);
  });

  test("shortens an opening that is absurdly long, once", async () => {
    const key = keyOf("test", "for ever");
    await connection.send("SET", key, "1|5|3|1|99999999999|1|0||");
    const step = async (own: OwnRequest) =>
      replyOf(await connection.send("EVAL", plainScript, 1, key, ...argumentsOf({ ...policy, ...own })));
    expect(await step({ type: "read" })).toMatchObject({ state: "open", waitMs: 600_000, isRepaired: true });
    expect(await step({ type: "read" })).toMatchObject({ state: "open", isRepaired: false });
    expect(await connection.send("PTTL", key)).toBeGreaterThan(0);
  });

  test("understands a record of the version before, and writes it as its own", async () => {
    const key = keyOf("test", "older");
    const step = async (own: OwnRequest) =>
      replyOf(await connection.send("EVAL", plainScript, 1, key, ...argumentsOf({ ...policy, ...own })));
    await connection.send("SET", key, "1|5|3|1|0|2|1|4:1:1:0;|9:5000;", "PX", recordLifeMs);
    expect(await step({ type: "read" })).toMatchObject({ state: "half-open", generation: 3, trips: 2 });
    const lease = { type: "lease", token: 8, leaseMs: 11_000, isAlone: false } as const;
    expect(await step(lease)).toMatchObject({ isGranted: false, isRepaired: false });
    await step({ type: "settle", token: 9, generation: 3, verdict: "ignored" });
    expect(await step(lease)).toMatchObject({ isGranted: true });
    const kept = (await connection.send("GET", key)) as Buffer;
    expect(kept.toString()).toMatch(/^2\|5\|3\|1\|-?\d+\|2\|1:0:0:0\|/);
  });

  test("leaves a record of a newer version alone", async () => {
    const key = keyOf("test", "newer");
    await connection.send("SET", key, "3|whatever comes");
    for (const own of [{ type: "read" }, { type: "open", isForced: true }] satisfies OwnRequest[]) {
      const answer = await connection.send(
        "EVAL",
        plainScript,
        1,
        key,
        ...argumentsOf({ ...policy, ...own }),
      );
      expect(() => replyOf(answer)).toThrow("newer version");
    }
    expect(await connection.send("GET", key)).toEqual(Buffer.from("3|whatever comes"));
  });

  test("a circuit that is forced never expires, not even one that an older version wrote; one that is let go does", async () => {
    const key = keyOf("test", "forced");
    const step = async (own: OwnRequest) =>
      replyOf(await connection.send("EVAL", plainScript, 1, key, ...argumentsOf({ ...policy, ...own })));
    await step({ type: "open", isForced: true });
    expect(await connection.send("PTTL", key)).toBe(-1);
    await connection.send("PEXPIRE", key, 60_000);
    expect(await step({ type: "read" })).toMatchObject({ state: "open", isForced: true, isRepaired: false });
    expect(await connection.send("PTTL", key)).toBe(-1);
    await step({ type: "close", isForced: false });
    expect(await connection.send("PTTL", key)).toBeGreaterThan(recordLifeMs - 60_000);
  });

  test("a thousand trials fit into the record", async () => {
    const key = keyOf("test", "many trials");
    const step = async (own: OwnRequest) =>
      replyOf(
        await connection.send(
          "EVAL",
          plainScript,
          1,
          key,
          ...argumentsOf({ ...policy, trials: 1000, concurrent: 1000, ...own }),
        ),
      );
    await step({ type: "half-open" });
    for (let token = 1; token <= 1000; token++)
      await step({ type: "lease", token, leaseMs: 11_000, isAlone: false });
    expect(await connection.send("STRLEN", key)).toBeLessThan(1024);
    expect(await step({ type: "read" })).toMatchObject({ state: "half-open", isRepaired: false });
  });

  test("needs two commands to look and three to change, and keeps one small key that expires", async () => {
    const key = keyOf("test", "costs");
    const cost = async (own: OwnRequest): Promise<Record<string, number>> => {
      await connection.send("CONFIG", "RESETSTAT");
      await connection.send("EVAL", plainScript, 1, key, ...argumentsOf({ ...policy, ...own }));
      const stats = (await connection.send("INFO", "commandstats")) as Buffer;
      const calls = [...stats.toString().matchAll(/cmdstat_(get|set|pttl|eval):calls=(\d+)/g)];
      return Object.fromEntries(calls.map(([, name, count]) => [name, Number(count)]));
    };
    const report = { type: "report", reporter: 1, sequence: 1, run: 1, seen: -1 } as const;
    expect(await cost({ type: "read" })).toEqual({ eval: 1, get: 1 });
    expect(await cost(report)).toEqual({ eval: 1, get: 1, set: 1 });
    expect(await cost({ type: "read" })).toEqual({ eval: 1, get: 1, pttl: 1 });
    for (let reporter = 2; reporter < 40; reporter++) {
      expect(await cost({ ...report, reporter })).toEqual({ eval: 1, get: 1, pttl: 1, set: 1 });
    }
    expect(await connection.send("STRLEN", key)).toBeLessThan(512);
    expect(await connection.send("PTTL", key)).toBeGreaterThan(recordLifeMs - 60_000);
  });
});

const policy = fleetPolicy;
