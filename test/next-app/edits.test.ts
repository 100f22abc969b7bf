import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CircuitSnapshot } from "next-protego";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, appAt } from "./harness/app.ts";
import { prepareFixture } from "./harness/fixture.ts";
import { startNext } from "./harness/next-server.ts";
import { main } from "./harness/outputs.ts";
import { nextBinary } from "./harness/repository.ts";
import { startUpstream } from "./harness/upstream.ts";

let folder: string;
let app: App;

beforeAll(async () => {
  folder = await prepareFixture("edited");
  const upstream = await startUpstream();
  const server = await startNext(folder, { UPSTREAM: upstream.url }, nextBinary, { command: ["dev"] });
  app = appAt({ folder, build: { exitCode: 0, output: "", routes: new Map() }, upstream }, server);
}, 120_000);
afterAll(() => app?.stop());

interface Told {
  readonly edition: string;
  readonly status?: number;
  readonly error?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly circuit: CircuitSnapshot;
}

async function told(query = ""): Promise<Told> {
  return (await app.get(`/api/call${query}`)).json() as Promise<Told>;
}

const call = (path: string): Promise<Told> => told(`?path=${path}`);

let editions = 0;

/** Saves the module with these options for this circuit, and waits until the server answers by it. */
async function saveOptions(circuit: string, options: string): Promise<void> {
  const edition = `edition ${++editions}`;
  const file = join(folder, "lib/edited.ts");
  await writeFile(
    file,
    `import { createProtectedFetch } from "next-protego";
import { exponentialBackoff, failureRate, healthProbe, ramp } from "next-protego/options";
export const used = [exponentialBackoff, failureRate, healthProbe, ramp];
export const edition = "${edition}";
export const circuit = "${circuit}";
export const editedFetch = createProtectedFetch({ name: circuit, ${options} });
`,
  );
  await expect.poll(async () => (await told()).edition, { timeout: 30_000, interval: 50 }).toBe(edition);
}

/** Calls until one of these came of it, and tells how many calls it took. */
async function callsUntil(path: string, hasCome: (told: Told) => boolean, most: number): Promise<number> {
  for (let calls = 1; calls <= most; calls++) if (hasCome(await call(path))) return calls;
  return Infinity;
}

const isRefused = ({ error }: Told): boolean => error === "CircuitOpenError";

describe("an option that is edited under next dev takes effect without a restart", () => {
  beforeAll(() => {
    app.upstream.set("/failing", 500);
    app.upstream.set("/missing", 404);
    app.upstream.set("/hanging", "hang");
  });

  /** An edit that a test begins with. Each test has a circuit of its own: what the others gave shall not matter. */
  async function saved(circuit: string, options: string): Promise<void> {
    await saveOptions(circuit, options);
    await app.command(circuit, "reset");
  }

  test("the state survives the edit", async () => {
    await saveOptions("state", 'failureThreshold: 4, resetTimeout: "10m"');
    expect(await callsUntil("/failing", isRefused, 10)).toBe(5);
    await saveOptions("state", 'failureThreshold: 4, resetTimeout: "11m"');
    expect(await call("/failing")).toMatchObject({ error: "CircuitOpenError", circuit: { state: "open" } });
  });

  test("failureThreshold", async () => {
    for (const threshold of [4, 2]) {
      await saved("threshold", `failureThreshold: ${threshold}`);
      expect(await callsUntil("/failing", isRefused, 10)).toBe(threshold + 1);
    }
  });

  test("the threshold of a rule", async () => {
    for (const [threshold, calls] of [
      [0.9, Infinity],
      [0.4, 4],
    ] as const) {
      await saved("rule", `opensOn: failureRate({ threshold: ${threshold}, window: 100, minimumCalls: 4 })`);
      expect((await call("/healthy")).status).toBe(200);
      expect(await callsUntil("/failing", isRefused, 6)).toBe(calls);
    }
  });

  test("resetTimeout and resetBackoff", async () => {
    for (const [options, seconds] of [
      ['resetTimeout: "30s"', [30, 30]],
      [
        'resetTimeout: "30s", resetBackoff: exponentialBackoff({ factor: 3, max: "1h", jitter: 0 })',
        [30, 90],
      ],
      [
        'resetTimeout: "50s", resetBackoff: exponentialBackoff({ factor: 2, max: "1h", jitter: 0 })',
        [50, 100],
      ],
    ] as const) {
      await saved("backoff", `failureThreshold: 1, ${options}`);
      const opened: number[] = [];
      for (const _ of seconds) {
        opened.push(Math.round((await call("/failing")).circuit.retryAfter / 1000));
        await app.command("backoff", "halfOpen");
      }
      expect(opened).toEqual(seconds);
    }
  });

  test("timeout", async () => {
    for (const timeout of [300, 200]) {
      await saved("timeout", `timeout: ${timeout}`);
      expect(await call("/hanging")).toMatchObject({
        error: "TimeoutError",
        message: expect.stringContaining(`${timeout} ms`),
      });
    }
  });

  test("a function: isFailure", async () => {
    for (const [status, path] of [
      [404, "/missing"],
      [500, "/failing"],
    ] as const) {
      await saved("isFailure", `failureThreshold: 2, isFailure: ({ value }) => value?.status === ${status}`);
      const other = path === "/missing" ? "/failing" : "/missing";
      expect(await callsUntil(other, isRefused, 4)).toBe(Infinity);
      expect(await callsUntil(path, isRefused, 4)).toBe(3);
    }
  });

  test("ramp", async () => {
    for (const [time, isShed] of [
      ["10m", true],
      ["1ms", false],
    ] as const) {
      await saved("ramp", `halfOpenRetries: 1, ramp: ramp("${time}")`);
      await app.command("ramp", "halfOpen");
      expect((await call("/healthy")).circuit.state).toBe("closed");
      const calls = await callsUntil("/healthy", ({ reason }) => reason === "shed", 25);
      expect(calls < Infinity).toBe(isShed);
    }
  });

  test("probe", async () => {
    for (const path of ["/health", "/ready"]) {
      await saved(
        "probe",
        `probe: healthProbe(async () => (await fetch(process.env["UPSTREAM"] + "${path}")).ok)`,
      );
      await app.command("probe", "halfOpen");
      await call("/healthy");
      await expect.poll(() => app.upstream.hits(path)).toBeGreaterThan(0);
    }
  });
});

test("no edit of the one wrapper was taken for two that disagree", () => {
  expect(app.server.log()).not.toContain("[two-values]");
});

const places = [
  ["a route", "/api/plain", "app/api/plain/route.ts"],
  ["a page", "/plain", "app/plain/page.tsx"],
  ["an edge route", "/api/edge", "app/api/edge/route.ts"],
] as const;

/** What the place says: which text of it answers, which of the library's, and what came of the call. */
async function said(path: string): Promise<string> {
  const text = await app.text(path);
  const { edition, call: outcome } = JSON.parse(
    text.startsWith("{") ? text : main(text).replaceAll("&quot;", '"'),
  ) as { edition: string; call: string };
  return `${edition}: ${outcome}`;
}

async function save(file: string, edition: string): Promise<void> {
  const text = await readFile(join(folder, file), "utf8");
  await writeFile(join(folder, file), text.replace(/edition = "\w+"/, `edition = "${edition}"`));
}

describe("what protectFetch protects is protected after edits of", () => {
  beforeAll(async () => {
    for (const path of ["/plain-route", "/plain-page", "/plain-edge"]) app.upstream.set(path, 500);
    for (const [, path] of places) await said(path);
  }, 120_000);

  test.each(places)("%s", async (_, path, file) => {
    expect(await said(path)).toBe("first: first CircuitOpenError");
    for (const edition of ["second", "third"]) {
      await save(file, edition);
      await expect.poll(() => said(path), { timeout: 30_000, interval: 50 }).toContain(edition);
      expect(await said(path)).toBe(`${edition}: first CircuitOpenError`);
    }
  });

  test("a library that all of them use", async () => {
    for (const edition of ["second", "third"]) {
      await save("lib/plain.ts", edition);
      for (const [, path] of places) {
        await expect.poll(() => said(path), { timeout: 30_000, interval: 50 }).toContain(`: ${edition}`);
        expect(await said(path)).toBe(`third: ${edition} CircuitOpenError`);
      }
    }
  });
});
