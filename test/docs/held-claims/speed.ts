import type { Claim } from "./claim.ts";

const dispatched = "test/http/dispatched-call.test.ts";

/** What is said beside the tables; the tables have the commands that measure them. */
export const speed: readonly Claim[] = [
  ["its connection is closed", dispatched, "one that hangs closes its connection"],
  ["or over HTTP/2 its stream", dispatched, "one over HTTP/2: its stream ends, and the connection serves on"],
  ["A body whose headers came in time is left alone", dispatched, "a body that is under way is untouched"],
  [
    "**These calls do have a signal**: a `Request` as input, a signal of the caller's",
    dispatched,
    "a call has a signal",
  ],
  ["a `MockAgent` of undici's", dispatched, "a mock agent is asked by fetch itself, through a signal"],
  [
    "While cockatiel tries whether the upstream is back, everybody else waits for the trial",
    "test/docs/comparison.test.ts",
    "lets everybody wait for a hung trial",
  ],
  [
    "`hungCalls` looks at calls that still hang",
    "test/breaker/opening-rules.test.ts",
    "counts calls that still hang, long before their timeout",
  ],
  [
    "On Node, all calls of a wrapper share one timer",
    "test/breaker/deadline.test.ts",
    "all calls of a wrapper share one timer",
  ],
  [
    "is not read when a success changes nothing",
    "test/breaker/clock-reads.test.ts",
    "a success that changes nothing reads no clock",
  ],
  [
    "With a listener, a store, or a rule over a window it is read",
    "test/breaker/clock-reads.test.ts",
    "with %s a call reads it",
  ],
  [
    "In production, our errors have no stack",
    "test/runtimes/callers-stack.test.ts",
    "in production a call collects no stack",
  ],
  [
    "Node opens two files for the main entry",
    "test/package/conditions.test.ts",
    "plain Node finds the main entry in two files, which are quickly read",
  ],
  [
    "and what only serves development is dropped",
    "test/package/sizes.test.ts",
    "production is shipped nothing that only serves development",
  ],
  [
    "are shipped only if you import them",
    "test/package/edge-safe.test.ts",
    "a bundler drops all of it where nothing is used",
  ],
  [
    "It is larger than both: cockatiel's breaker has 2.8 kB, opossum's 4.6 kB",
    "test/docs/comparison.test.ts",
    "the sizes are those of today's bundles",
  ],
];
