#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "./run.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const leaving = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => leaving.abort());
// Whoever reads our words has had enough of them.
process.stdout.on("error", () => process.exit(0));

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  isTerminal: process.stdout.isTTY ?? false,
  version,
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  pause: (ms) => pause(ms, true, { signal: leaving.signal }).catch(() => false),
});
