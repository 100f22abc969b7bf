import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../package/packed.ts";

const run = promisify(execFile);

/** A process of its own that does this and then nothing, with the built package. @returns what it printed */
async function printed(script: string): Promise<string> {
  const source = `import { abortable, createProtectedFetch, protect } from "next-protego";
const hung = () => new Promise(() => {});
const nameOf = (error) => error.name;
${script}`;
  // Ends the process, with an error, where something keeps it alive for longer than any of this takes.
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", source], {
    cwd: root,
    timeout: 50_000,
  });
  return stdout.trim();
}

test.each([
  ["protect", `console.log(await protect(hung, { name: "a", timeout: 200 })().catch(nameOf));`],
  [
    "fetch",
    `console.log(await createProtectedFetch({ timeout: 200, fetch: hung })("https://a.test/").catch(nameOf));`,
  ],
  [
    "a generator",
    `const items = protect(async function* () { yield await hung(); }, { name: "a", timeout: 200 })();
console.log(await items.next().catch(nameOf));`,
  ],
  [
    "an abortable",
    `const wait = (signal) => new Promise((_, no) => signal.addEventListener("abort", () => no(signal.reason)));
console.log(await protect(abortable(wait), { name: "a", timeout: 200 })().catch(nameOf));`,
  ],
])("a process that awaits nothing but a hung call of %s hears of its timeout", async (_, script) => {
  expect(await printed(script)).toBe("TimeoutError");
});

test.each([
  ["calls are over", `await protect(() => Promise.resolve(), { name: "a", timeout: "1h" })();`],
  [
    "one call is over after another",
    `const call = protect((ms) => new Promise((r) => setTimeout(r, ms)), { name: "a", timeout: "1h" });
await call(1); await Promise.all([call(5), call(1)]); await call(1);`,
  ],
  [
    "call failed",
    `await protect(() => Promise.reject(new Error("down")), { name: "a", timeout: "1h" })().catch(nameOf);`,
  ],
])("a process whose %s ends by itself, long before the timeout", async (_, script) => {
  expect(await printed(`${script} console.log("over");`)).toBe("over");
});
