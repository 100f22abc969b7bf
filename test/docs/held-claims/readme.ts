import type { Claim } from "./claim.ts";

const matrix = "test/next-matrix/matrix.test.ts";

export const readme: readonly Claim[] = [
  [
    "After three failures in a row it stops calling",
    matrix,
    "a route that fails three times answers 503 with Retry-After, and calls nothing",
  ],
  [
    "what Next has cached",
    "test/http/data-cache.test.ts",
    "what Next has cached is served, and nothing is sent",
  ],
  ["an error at once", "test/http/fallback.test.ts", "without one the refusal is thrown"],
  [
    "After a minute, two trial calls find out whether the service is back",
    "test/peers/windows-and-counters.test.ts",
    "the defaults are of a size that works: 3 failures, 60 seconds, 2 trials",
  ],
  [
    "It has no dependencies",
    "test/package/package.test.ts",
    "there are no run-time dependencies, and both peers are optional",
  ],
  ["It runs with Next 15 and 16", matrix, "with Next $next and React $react, served by $serving"],
  [
    "or without Next",
    "test/package/without-next.test.ts",
    "with the react-server condition and no Next installed",
  ],
  [
    "(`import` and `require`)",
    "test/package/commonjs.test.ts",
    "circuits are the same for whoever imports and whoever requires",
  ],
  [
    "one suite of 178 checks runs in thirteen places",
    "test/runtimes/homes.test.ts",
    "docs/runtimes.md tells every difference, and how many checks there are",
  ],
  [
    "Every server-side `fetch` to these origins is then protected by a circuit",
    "test/next-app/protect-fetch/every-place.ts",
    "%s: two failures open, the third call is not sent",
  ],
  ["also inside SDKs", "test/ecosystem/protect-fetch.test.ts", "is protected: its failures open the circuit"],
  [
    "It works beneath Next's data cache and deduplication",
    "test/next-app/protect-fetch/cached-content.ts",
    "three components that make one call: one hit, one call counted",
  ],
  [
    "Use it like `fetch`: same arguments, same Response, same errors",
    "test/drop-in/drop-in.test.ts",
    "the protected fetch does what fetch does",
  ],
  [
    "Deduplication, `next.revalidate`",
    "test/next-app/plain/deduplication.ts",
    "three components that fetch the same send one request, with the timeout armed",
  ],
  [
    '`cache: "force-cache"`, ISR',
    "test/next-app/plain/regeneration.ts",
    "a page regenerates through a protected fetch",
  ],
  [
    "and streaming keep working",
    "test/next-app/plain/route-wrapper.ts",
    "the upstream's response passes through a protected fetch and a wrapped route",
  ],
  [
    "Each origin has its own circuit, unless you give a `name`",
    "test/http/circuit-of-origin.test.ts",
    "one origin that is down does not close the door to another",
  ],
  [
    "While the circuit is open, it throws `CircuitOpenError`",
    "test/next-matrix/in-the-browser.ts",
    "answers 500, and error.tsx recognises the refusal",
  ],
  [
    "The answer is a 503 if the route's circuit is open",
    "test/next-app/plain/route-wrapper.ts",
    "an open circuit answers 503 with Retry-After, is not cached, and leaks nothing",
  ],
  [
    "whatever error an SDK made of it",
    "test/ecosystem/refusals-inside.test.ts",
    "makes the route around answer 503 with Retry-After, and does not count there",
  ],
  [
    '{"type":"about:blank","title":"Service Unavailable","status":503}',
    "test/http/unavailable.test.ts",
    "is a problem as of RFC 9457 that nobody may cache",
  ],
  [
    "the rest of Next's control flow pass through, and do not count",
    "test/next/route-outcomes.test.ts",
    "Next's control flow passes, the same object, and does not count:",
  ],
  [
    "A fetch that has no headers after 10 s has failed",
    "test/http/timeout.test.ts",
    "with time that passes when told",
  ],
  [
    "Callers' early aborts and mistakes do not count",
    "test/http/slow-abort.test.ts",
    "who leaves early never counts, however often",
  ],
  [
    "nor do answers from Next's data cache",
    "test/http/data-cache.test.ts",
    "of status %i says nothing about the upstream",
  ],
  [
    "nor anything under `next build`",
    "test/http/build-phase.test.ts",
    "under `next build` nothing is counted: not even a circuit comes into being",
  ],
  ["Each code has a page", "test/docs/errors.test.ts", "each code has a page, and each page a code"],
  [
    "`/protego` says what is broken, since when, how bad it is",
    "test/dashboard/browser.e2e.test.ts",
    "changes arrive by themselves, new circuits too; what is broken is said first",
  ],
  [
    "Without `authorize`, only a developer on their own machine can open it",
    "test/dashboard/access.test.ts",
    "without authorize from %s in %s answers as it should",
  ],
  [
    "each server process and each edge function has its own circuits",
    "test/next-app/plain/edge.ts",
    "an edge route's circuits are its own: the node routes do not see them",
  ],
  [
    "at their next heartbeat (every 10 min)",
    "test/sharing/fleet-member.test.ts",
    "a heartbeat looks in the background, and nobody waits",
  ],
  [
    "or at once with `redisPush`",
    "test/stores/redis-push.dist.test.ts",
    "a command by hand arrives at once, wherever it is given",
  ],
  [
    "It answers 500, and `error.tsx` shows your words",
    "test/next-matrix/in-the-browser.ts",
    "answers 500, and error.tsx recognises the refusal",
  ],
  [
    "an open circuit throws, even with a fallback",
    "test/next-app/plain/regeneration.ts",
    "a page with a fallback keeps its data: the fallback is not cached over it",
  ],
  [
    "a signal would end deduplication",
    "test/http/data-cache.test.ts",
    "the timeout adds no signal, which would end Next's deduplication, and holds all the same",
  ],
];
