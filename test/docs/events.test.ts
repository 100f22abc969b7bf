import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ProtegoEvent } from "../../src/index.ts";
import { root } from "../package/packed.ts";

type Fields<Type extends ProtegoEvent["type"]> = Exclude<
  keyof Extract<ProtegoEvent, { type: Type }>,
  "type" | "circuit"
>;

/** Does not compile while an event or a field is missing, or is there that is none. */
const fields: { [Type in ProtegoEvent["type"]]: Record<Fields<Type>, true> } = {
  "call.allowed": { args: true },
  "call.succeeded": { durationMs: true, args: true },
  "call.failed": { durationMs: true, failure: true, args: true },
  "call.ignored": { durationMs: true, args: true },
  "call.refused": { reason: true, retryAfter: true, observed: true, args: true },
  "call.substituted": { kind: true },
  "circuit.changed": {
    from: true,
    to: true,
    reason: true,
    figures: true,
    failure: true,
    notClosedMs: true,
    by: true,
  },
  "circuit.created": {},
  "circuit.forgotten": {},
  "circuit.disposed": {},
  "store.failed": {},
  "store.recovered": {},
};

const page = readFileSync(join(root, "docs/events.md"), "utf8");

test("docs/events.md has a line for every event, and for no other", () => {
  const told = [...page.matchAll(/^\| `([a-z]+\.[a-z]+)` \|/gm)].map(([, type]) => type);
  expect(told).toEqual(Object.keys(fields));
});

test.each(Object.entries(fields))("its line for %s names every field", (type, named) => {
  const line = page.split("\n").find((one) => one.startsWith(`| \`${type}\` |`))!;
  expect(Object.keys(named).filter((field) => !line.includes(`\`${field}\``))).toEqual([]);
});
