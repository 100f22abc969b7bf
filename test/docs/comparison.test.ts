import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  CountBreaker,
  ExponentialBackoff,
  handleAll,
  handleType,
  SamplingBreaker,
} from "cockatiel";
import { build } from "esbuild";
import CircuitBreaker from "opossum";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { failureRate, trials } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";
import { bundled } from "../package/bundled.ts";
import { manifest, root } from "../package/packed.ts";

const page = readFileSync(join(root, "docs/comparison.md"), "utf8");

const down = (): Promise<never> => Promise.reject(new Error("down"));
const fine = (): Promise<string> => Promise.resolve("fine");
const broken = (): Promise<Response> => Promise.resolve(new Response(null, { status: 503 }));
const hangs = (): Promise<never> => new Promise(() => {});
const left = (): Promise<never> => Promise.reject(new DOMException("the visitor left", "AbortError"));

interface Opossum {
  readonly opened: boolean;
  readonly halfOpen: boolean;
  fire(): Promise<unknown>;
  fallback(answer: () => unknown): void;
  healthCheck(check: () => Promise<unknown>, everyMs: number): void;
  shutdown(): void;
  toJSON(): object;
}

let ends: Array<() => void> = [];
function opossum(work: () => Promise<unknown>, options: object = {}): Opossum {
  const breaker = new CircuitBreaker(work, { volumeThreshold: 1, ...options }) as unknown as Opossum;
  ends.push(() => breaker.shutdown());
  return breaker;
}

async function settled(calls: number, call: () => Promise<unknown>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop
  for (let made = 0; made < calls; made++) await call().catch(() => undefined);
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const end of ends) end();
  ends = [];
  vi.useRealTimers();
  resetCircuits();
});

test("the page names the versions that are installed", async () => {
  const { devDependencies } = (await manifest()) as { devDependencies: Record<string, string> };
  expect(page).toContain(`opossum ${devDependencies.opossum!.replace(/\.\d+$/, "")}`);
  expect(page).toContain(`cockatiel ${devDependencies.cockatiel!.replace(/\.\d+$/, "")}`);
});

describe("opossum", () => {
  test("takes a Response that resolves for a success", async () => {
    const breaker = opossum(broken);
    await settled(5, () => breaker.fire());
    expect(breaker.opened).toBe(false);
  });

  test("counts a caller's abort as a failure", async () => {
    const breaker = opossum(left);
    await settled(1, () => breaker.fire());
    expect(breaker.opened).toBe(true);
  });

  test("has one trial, which its timeout ends", async () => {
    let work: () => Promise<unknown> = down;
    const breaker = opossum(() => work(), { resetTimeout: 1000, timeout: 500 });
    await settled(1, () => breaker.fire());
    await vi.advanceTimersByTimeAsync(1000);
    work = hangs;
    const trial = breaker.fire().catch(({ code }) => code);
    await expect(breaker.fire()).rejects.toMatchObject({ code: "EOPENBREAKER" });
    await vi.advanceTimersByTimeAsync(500);
    expect(await trial).toBe("ETIMEDOUT");
  });

  test("opens above its share, where ours opens from it on", async () => {
    let call = 0;
    const every2nd = () => (call++ % 2 === 0 ? fine() : down());
    const theirs = opossum(every2nd, { errorThresholdPercentage: 50, volumeThreshold: 10 });
    await settled(10, () => theirs.fire());
    expect(theirs.opened).toBe(false);
    const ours = protect(every2nd, {
      name: "half",
      opensOn: failureRate({ threshold: 0.5, minimumCalls: 10 }),
    });
    await settled(10, ours);
    await expect(ours()).rejects.toThrow("refused");
  });

  test("answers failures, too, by its fallback", async () => {
    const breaker = opossum(down, { volumeThreshold: 100 });
    breaker.fallback(() => "instead");
    expect(await breaker.fire()).toBe("instead");
  });

  test("opens by a health check, though no call has failed", async () => {
    const breaker = opossum(fine);
    breaker.healthCheck(down, 1000);
    await vi.advanceTimersByTimeAsync(1001);
    expect(breaker.opened).toBe(true);
  });

  test("does not open while calls still hang", async () => {
    const breaker = opossum(hangs, { timeout: 60_000 });
    for (let call = 0; call < 100; call++) void breaker.fire().catch(() => undefined);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(breaker.opened).toBe(false);
  });
});

describe("cockatiel", () => {
  const policy = (options: object = {}) =>
    circuitBreaker(handleAll, { halfOpenAfter: 1000, breaker: new ConsecutiveBreaker(1), ...options });

  test("takes a Response that resolves for a success", async () => {
    const breaker = policy();
    await settled(5, () => breaker.execute(broken));
    expect(breaker.state).toBe(CircuitState.Closed);
  });

  test("lets everybody wait for a hung trial", async () => {
    const breaker = policy();
    await settled(1, () => breaker.execute(down));
    await vi.advanceTimersByTimeAsync(1000);
    void breaker.execute(hangs);
    let other = "waits";
    void breaker.execute(fine).then(
      () => (other = "was called"),
      () => (other = "was refused"),
    );
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(other).toBe("waits");
  });

  test("has several trials, of which a share may fail", async () => {
    const breaker = policy({ halfOpenSampling: { calls: 2, threshold: 0.5 } });
    await settled(1, () => breaker.execute(down));
    await vi.advanceTimersByTimeAsync(1000);
    await settled(1, () => breaker.execute(fine));
    expect(breaker.state).toBe(CircuitState.HalfOpen);
  });

  test("takes an outcome that it ignores for a success of the trial", async () => {
    const breaker = circuitBreaker(handleType(TypeError), {
      halfOpenAfter: 1000,
      breaker: new ConsecutiveBreaker(1),
    });
    await settled(1, () => breaker.execute(() => Promise.reject(new TypeError("down"))));
    await vi.advanceTimersByTimeAsync(1000);
    await settled(1, () => breaker.execute(left));
    expect(breaker.state).toBe(CircuitState.Closed);
  });

  test("begins its back-off at about an eighth of a second", () => {
    const firsts = Array.from({ length: 1000 }, () => new ExponentialBackoff().next().duration);
    const mean = firsts.reduce((sum, each) => sum + each, 0) / firsts.length;
    expect(mean).toBeGreaterThan(60);
    expect(mean).toBeLessThan(256);
  });

  test("has the rules that the page names, and can be held open", () => {
    expect([ConsecutiveBreaker, SamplingBreaker, CountBreaker].every(Boolean)).toBe(true);
    const breaker = policy();
    const hold = breaker.isolate();
    expect(breaker.state).toBe(CircuitState.Isolated);
    hold.dispose();
    expect(breaker.toJSON()).toBeDefined();
  });
});

describe("the tables for who comes from another breaker", () => {
  const tables = page
    .slice(page.indexOf("## Coming from"))
    .split("\n")
    .filter((line) => /^\|(?! ?-)/.test(line));
  const api = readdirSync(join(root, "test/package/api")).map((file) =>
    readFileSync(join(root, "test/package/api", file), "utf8"),
  );

  test("write here what there is", () => {
    const written = tables.flatMap((line) =>
      [
        ...line
          .split(/(?<!\\)\|/)
          .at(-2)!
          .matchAll(/`([^`]+)`/g),
      ].flatMap(([, code]) => [...code!.matchAll(/([a-zA-Z]\w+)(?=\(|:|$|,)/g)].map(([name]) => name)),
    );
    const foreign = new Set([
      "full",
      "open",
      "half-open",
      "client",
      "size",
      "fn",
      "window",
      "name",
      "TimeoutError",
      "After",
    ]);
    const unknown = written.filter(
      (name) => !foreign.has(name) && !api.some((report) => new RegExp(`\\b${name}\\b`).test(report)),
    );
    expect(written.length).toBeGreaterThan(80);
    expect(unknown).toEqual([]);
  });

  test("as resilience4j with ten calls half-open, of which half may not fail", async () => {
    for (let outcomes = 0; outcomes < 1024; outcomes++) {
      const failing = Array.from({ length: 10 }, (_, call) => (outcomes >> call) % 2 === 1);
      resetCircuits();
      const circuit = circuits.register("api", {
        halfOpenRetries: trials({ successes: 6, concurrent: 10, tolerate: 0.4 }),
      });
      circuit.halfOpen();
      let fails = false;
      const call = protect(() => (fails ? down() : fine()), { name: "api" });
      for (fails of failing) {
        // oxlint-disable-next-line no-await-in-loop
        if (circuit.state === "half-open") await call().catch(() => {});
      }
      expect(circuit.state).toBe(failing.filter(Boolean).length >= 5 ? "open" : "closed");
    }
  });

  test("as resilience4j with a result that opens at once", async () => {
    const call = protect(fine, {
      name: "api",
      isFailure: () => {
        circuits.get("api")!.open({ for: "5m" });
        return true;
      },
    });
    await call();
    expect(circuits.get("api")!.snapshot()).toMatchObject({ state: "open", openings: 1 });
    expect(circuits.get("api")!.snapshot().retryAfter).toBeGreaterThan(299_000);
  });

  test("as PyBreaker, the call that opens the circuit throws its own error", async () => {
    const call = protect(down, { name: "api", failureThreshold: 1 });
    await expect(call()).rejects.toThrow("down");
    expect(circuits.get("api")!.state).toBe("open");
  });
});

test("the sizes are those of today's bundles", async () => {
  const ours = await bundled('export { createProtectedFetch } from "next-protego"', [], "production");
  const kilobytes = async (contents: string, platform: "browser" | "node"): Promise<string> => {
    const stdin = { contents, resolveDir: root };
    const { outputFiles } = await build({
      stdin,
      platform,
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
    });
    return `${(gzipSync(outputFiles[0]!.contents).length / 1000).toFixed(1)} kB`;
  };
  const cockatiel = await kilobytes(
    'export { circuitBreaker, ConsecutiveBreaker, handleAll } from "cockatiel"',
    "browser",
  );
  const opossum = await kilobytes('export { default } from "opossum"', "node");
  expect(page).toContain(`| size, min + gzip | ${Math.round(ours.gzippedBytes / 1000)} kB for the fetch |`);
  expect(page).toContain(`| ${opossum}, and Node's events | ${cockatiel} for its breaker |`);
  expect(readFileSync(join(root, "docs/speed.md"), "utf8")).toContain(
    `cockatiel's breaker has ${cockatiel}, opossum's ${opossum}`,
  );
});

test("the speeds are those of docs/speed.md", () => {
  const lines = readFileSync(join(root, "docs/speed.md"), "utf8").replaceAll("**", "").split("\n");
  const speed = (row: string): string => {
    const [, , first, afterFailures] = lines.find((line) => line.startsWith(`| ${row} |`))!.split("|");
    const figures = `${first} ${afterFailures}`.match(/\d+\.\d+/g)!.map(Number);
    return `${Math.min(...figures).toFixed(1)}–${Math.max(...figures).toFixed(1)} ×`;
  };
  const columns = ["fetch, named circuit", "opossum, no timeout", "cockatiel, consecutive"].map(speed);
  expect(page).toContain(`without timeouts) | ${columns.join(" | ")} | 1 |`);
});
