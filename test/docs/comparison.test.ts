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

  test("opens at its first failure, and its fires that are refused for want of room count as failures", async () => {
    const first = opossum(down, { volumeThreshold: 0 });
    await settled(1, () => first.fire());
    expect(first.opened).toBe(true);
    const full = opossum(hangs, { capacity: 1, timeout: false, volumeThreshold: 3 });
    void full.fire().catch(() => {});
    await settled(3, () => full.fire());
    expect(full.opened).toBe(true);
    const ours = protect(hangs, { name: "full", maxConcurrent: 1 });
    void ours().catch(() => {});
    await settled(10, ours);
    expect(circuits.get("full")!.snapshot()).toMatchObject({ state: "closed", totals: { refused: 10 } });
  });

  test("counts the trial that closed it in its window, where ours begins with an empty one", async () => {
    const theirs = opossum(() => work(), { resetTimeout: 1000 });
    const ours = protect(() => work(), {
      name: "trial",
      resetTimeout: 1000,
      halfOpenRetries: 1,
      opensOn: failureRate({ threshold: 0.501, minimumCalls: 1 }),
    });
    let work: () => Promise<unknown> = down;
    for (const call of [() => theirs.fire(), ours]) await settled(1, call);
    await vi.advanceTimersByTimeAsync(20_000);
    for (work of [fine, down]) for (const call of [() => theirs.fire(), ours]) await settled(1, call);
    expect([theirs.opened, circuits.get("trial")!.state]).toEqual([false, "open"]);
  });

  test("looks at its share after failures alone, as cockatiel does, where ours looks after every call", async () => {
    let calls = 0;
    const work = () => (calls++ < 3 ? down() : fine());
    const theirs = opossum(work, { volumeThreshold: 4 });
    await settled(5, () => theirs.fire());
    expect(theirs.opened).toBe(false);
    calls = 0;
    const sampling = new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 0.4 });
    const cockatiel = circuitBreaker(handleAll, { halfOpenAfter: 1000, breaker: sampling });
    await settled(5, () => cockatiel.execute(work));
    expect(cockatiel.state).toBe(CircuitState.Closed);
    calls = 0;
    const opensOn = failureRate({ threshold: 0.501, minimumCalls: 4 });
    await settled(5, protect(work, { name: "looks", opensOn }));
    expect(circuits.get("looks")!.state).toBe("open");
  });

  test("refuses everything once it is shut down, where ours goes on with a fresh circuit", async () => {
    const theirs = opossum(fine);
    theirs.shutdown();
    await expect(theirs.fire()).rejects.toMatchObject({ code: "ESHUTDOWN" });
    const ours = protect(fine, { name: "over" });
    circuits.get("over")?.open();
    circuits.dispose("over");
    expect(await ours()).toBe("fine");
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

type Work = () => Promise<unknown>;
type Call = (work: Work) => Promise<unknown>;

/**
 * What became of each call, of both: from their making until a trial closes them, as theirs counts that trial in its new
 * window, and ours begins with an empty one.
 *
 * @param minimumCalls the call that reaches it fails: theirs looks at its share after failures alone
 */
async function besides(
  minimumCalls: number,
  make: (name: string) => readonly [theirs: Call, ours: Call],
): Promise<[string[], string[]]> {
  let random = 7;
  const chance = (): number => (random = (random * 48_271) % 2_147_483_647) / 2_147_483_647;
  const told: [string[], string[]] = [[], []];
  let wasMade = false;
  for (let episode = 0; episode < 30; episode++) {
    const both = make(`episode ${episode}`);
    const share = [0.3, 0.5, 0.8][episode % 3]!;
    let [isOpen, hasRecovered] = [false, false];
    for (let call = 0; call < 40 && !hasRecovered; call++) {
      const fails = chance() < share || call === minimumCalls - 1;
      const work: Work = () => {
        wasMade = true;
        return fails ? down() : fine();
      };
      for (const [index, one] of both.entries()) {
        wasMade = false;
        // oxlint-disable-next-line no-await-in-loop
        await one(work).catch(() => {});
        const outcome = wasMade ? (fails ? "failed" : "succeeded") : "refused";
        told[index]!.push(`${episode}/${call}: ${outcome}`);
        if (outcome === "refused") isOpen = true;
        else if (isOpen && outcome === "succeeded") hasRecovered = true;
      }
      // oxlint-disable-next-line no-await-in-loop
      if (isOpen && call % 3 === 0) await vi.advanceTimersByTimeAsync(31_000);
    }
    for (const end of ends.splice(0)) end();
  }
  for (const word of ["failed", "succeeded", "refused"]) expect(told[0].join()).toContain(word);
  return told;
}

/** What the page says to write where another breaker's default held, and the same here. */
const written = {
  opossum: [
    '{ timeout: "10s", resetTimeout: "30s", halfOpenRetries: 1, opensOn: failureRate({ threshold: 0.501, window: "10s", minimumCalls: 1 }) }',
    {
      timeout: "10s",
      resetTimeout: "30s",
      halfOpenRetries: 1,
      opensOn: failureRate({ threshold: 0.501, window: "10s", minimumCalls: 1 }),
    },
  ],
  cockatiel: ["{ halfOpenRetries: 1 }", { halfOpenRetries: 1 }],
} as const;

describe("the options that the page has for another's defaults decide call by call as", () => {
  const protectedBy = (name: string, options: object): Call =>
    protect((work: Work) => work(), { ...options, name });
  const firing = (options?: object): Call => {
    const breaker = new CircuitBreaker((work: Work) => work(), options) as unknown as Opossum & {
      fire: Call;
    };
    ends.push(() => breaker.shutdown());
    return (work) => breaker.fire(work);
  };

  test("they are written on the page", () => {
    for (const [text] of Object.values(written)) expect(page).toContain(`| \`${text}\` |`);
  });

  test("opossum's", async () => {
    const [theirs, ours] = await besides(1, (name) => [firing(), protectedBy(name, written.opossum[1])]);
    expect(ours).toEqual(theirs);
  });

  test("opossum's with a volume threshold", async () => {
    const [theirs, ours] = await besides(5, (name) => {
      const opensOn = failureRate({ threshold: 0.501, window: "10s", minimumCalls: 5 });
      return [firing({ volumeThreshold: 5 }), protectedBy(name, { ...written.opossum[1], opensOn })];
    });
    expect(ours).toEqual(theirs);
  });

  test.each<[string, number, () => ConsecutiveBreaker | SamplingBreaker | CountBreaker, object]>([
    ["ConsecutiveBreaker", 1, () => new ConsecutiveBreaker(5), { failureThreshold: 5 }],
    [
      "SamplingBreaker",
      5,
      () => new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 0.5 }),
      { opensOn: failureRate({ threshold: 0.501, window: "10s", minimumCalls: 5 }) },
    ],
    [
      "CountBreaker",
      12,
      () => new CountBreaker({ threshold: 0.5, size: 12 }),
      { opensOn: failureRate({ threshold: 0.501, window: 12, minimumCalls: 12 }) },
    ],
  ])("cockatiel's %s", async (_name, minimumCalls, breaker, options) => {
    const [theirs, ours] = await besides(minimumCalls, (name) => {
      const policy = circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker: breaker() });
      const own = { ...written.cockatiel[1], resetTimeout: "30s", ...options };
      return [(work) => policy.execute(work), protectedBy(name, own)];
    });
    expect(ours).toEqual(theirs);
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
      // Words of the others', where what is ours is said beside them.
      "ESHUTDOWN",
      "minimumRps",
      "minimumNumberOfCalls",
      "Aggressive",
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
