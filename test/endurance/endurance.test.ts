import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("soak.ts", import.meta.url));

/** More calls: SOAK_CALLS=2000000 npx vitest run test/endurance */
test("hours of flapping upstream and store leave nothing behind", async () => {
  const calls = process.env["SOAK_CALLS"] ?? "40000";
  const args = ["--expose-gc", "--no-warnings", script, calls];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, NODE_ENV: "production" },
  });
  const found = JSON.parse(stdout.trim().split("\n").at(-1)!) as {
    virtualHours: number;
    grownBytes: number;
    circuits: number;
    inFlight: number;
    alive: number;
    resources: string[];
  };
  console.log(stdout.trim());
  expect(found.virtualHours).toBeGreaterThan(3);
  // A circuit is about 1.3 kB; nothing may grow with the calls, of which there were many more than these bytes.
  expect(found.grownBytes).toBeLessThan(1_500_000);
  expect(found.circuits).toBeLessThanOrEqual(1000);
  expect(found.inFlight).toBe(0);
  expect(found.alive).toBeLessThan(10);
  expect(found.resources).toEqual([]);
}, 600_000);
