import type { Claim } from "./claim.ts";

const badOptions = "test/breaker/never-works.test.ts";
const commandLine = "test/command-line/run.test.ts";
const environment = "test/runtime/environment.test.ts";
const guarded = "test/sharing/guarded-store.test.ts";
const hook = "test/next/protect-fetch.test.ts";
const lines = "test/breaker/numbers-and-reasons.test.ts";
const lost = "test/sharing/when-lost.dist.test.ts";
const rulesOfTheApp = "test/sharing/rules-of-the-app.test.ts";
const upstash = "test/stores/upstash-store.dist.test.ts";
const upstashHttp = "test/stores/upstash-http.dist.test.ts";
const whose = "test/breaker/whose-option.test.ts";

/** The page of troubleshooting, and those of the errors that it leads to. */
export const troubleshooting: Readonly<Record<string, readonly Claim[]>> = {
  "docs/troubleshooting.md": [
    [
      "`circuits.get(name)?.close({ forced: true })`",
      "test/breaker/steering.test.ts",
      "close forgets the failures so far, and by force never opens",
    ],
    ["It is asked at each call", "test/http/enabled.test.ts", "a function is asked at each call"],
    [
      "unless `NODE_ENV` is `production` or cannot be read",
      environment,
      "a developer is told where NODE_ENV is %j",
    ],
    [
      "After a hundred texts, each code tells one a minute",
      environment,
      "a hundred are told at once, then of each code one a minute, for as long as the process lives",
    ],
    ["Each code has a page", "test/docs/errors.test.ts", "each code has a page, and each page a code"],
    [
      "is a command that somebody gave on the dashboard",
      "test/dashboard/respond.test.ts",
      "does what it says, and leaves a line",
    ],
    ["stands on the fleet's page", "test/dashboard/fleet.test.ts", "The store cannot list its circuits."],
    [
      "Put [`revealRefusals`](next.md#a-data-layer-that-hides-the-refusal) around the call in the page",
      "test/next/reveal-refusals.test.ts",
      "that is refused and throws something else throws the refusal",
    ],
    [
      "of the [SDKs](sdks.md) only supabase-js drops it",
      "test/ecosystem/refusals-inside.test.ts",
      "the refusal is found in its error, unless it cuts the link",
    ],
    [
      "Put its handler into `withProtego`",
      "test/ecosystem/refusals-inside.test.ts",
      "makes the route around answer 503 with Retry-After, and does not count there",
    ],
    [
      "Some SDKs retry when their fetch throws",
      "test/ecosystem/attempts-while-open.test.ts",
      "times by default where the refusal is thrown",
    ],
    [
      "By default three failures *in a row* open a circuit",
      "test/peers/windows-and-counters.test.ts",
      "the defaults are of a size that works: 3 failures, 60 seconds, 2 trials",
    ],
    ["statuses 4xx except 408 and 429", "test/http/statuses.test.ts", "%i counts as a success"],
    [
      "a caller's abort before `slowAbort` (half the timeout)",
      "test/http/slow-abort.test.ts",
      "who leaves early never counts, however often",
    ],
    [
      "a bad URL, a header or body that fetch refuses to send",
      "test/http/callers-mistakes.test.ts",
      "%s never counts, and the error is fetch's own",
    ],
    [
      "answers from Next's data cache",
      "test/http/data-cache.test.ts",
      "of status %i says nothing about the upstream",
    ],
    [
      "anything in a build",
      "test/http/build-phase.test.ts",
      "under `next build` nothing is counted: not even a circuit comes into being",
    ],
    [
      'With `enabled: "observe"` it opens, but refuses nothing',
      "test/breaker/protect.test.ts",
      "observe counts the refusal and calls all the same",
    ],
    [
      "Then `snapshot().forced` is true",
      "test/dashboard/respond.test.ts",
      'toMatchObject({ state: "closed", forced: true })',
    ],
    [
      "In a browser that is offline, network errors do not count",
      "test/http/network-errors.test.ts",
      "counts for nothing while the browser is offline",
    ],
    [
      "and by default one that fails opens it again",
      "test/http/circuit-options.test.ts",
      "one bad trial opens it again",
    ],
    [
      "After `open({ forced: true })` it stays open until another command",
      "test/breaker/steering.test.ts",
      "open by force stays open, until another command",
    ],
    [
      "That trial's place is free again 3 s after the call's timeout",
      "test/peers/shared-circuits.test.ts",
      "a trial that is never heard of again loses its place on time, however often others ask",
    ],
    [
      "An isolate that opens alone is working as it should",
      "test/peers/shared-circuits.test.ts",
      "one isolate that cannot reach the upstream stops nobody but itself",
    ],
    [
      "`staleIfError` keeps nothing that may belong to one user",
      "test/http/stale-users.test.ts",
      "what one user gets no other gets: %s",
    ],
    [
      "any header except `Accept`, `Accept-*`, `Cache-Control`, `Content-Type`, `Pragma`, `Traceparent`, `User-Agent`",
      "test/http/stale-users.test.ts",
      "accept accept-charset accept-encoding accept-language content-type traceparent user-agent",
    ],
    [
      "Then say with `key` what must be the same",
      "test/http/stale-users.test.ts",
      "keeps users apart by what it names",
    ],
    [
      '`cache: "no-store"`, or `next: { revalidate: 0 }`',
      "test/http/stale-if-error.test.ts",
      "whether its answer is kept, whether it gets one",
    ],
    [
      "`no-store`, `private`, `no-cache`, `must-revalidate`, `s-maxage`",
      "test/http/stale-if-error.test.ts",
      "%s: whether it is served",
    ],
    [
      "Was it redirected?",
      "test/http/stale-if-error.test.ts",
      "an answer that was redirected: nobody saw what the redirect forbids",
    ],
    ["Was it read to its end?", "test/http/stale-if-error.test.ts", "an answer that nobody reads"],
    [
      "which opens while calls still wait",
      "test/breaker/opening-rules.test.ts",
      "counts calls that still hang, long before their timeout",
    ],
  ],
  "docs/errors/bad-option.md": [
    [
      "A `TypeError`, or a `RangeError` for a number",
      badOptions,
      "error instanceof TypeError || error instanceof RangeError",
    ],
    ["where a wrapper, a rule or a store is made", badOptions, "what can never work is refused"],
    [
      "`circuits.admit` rejects with it",
      "test/breaker/permit-by-hand.test.ts",
      "admit(%j, %j) is refused in words",
    ],
    [
      "If a name is near, it is proposed",
      badOptions,
      "an option that does not exist is refused, with the nearest that does",
    ],
    ["of an object or a function, only the type is printed", badOptions, "got a value of type object"],
    [
      "`register` and `configure` take only the circuit's options",
      badOptions,
      "register and configure take the circuit's options, and name the wrapper's as such",
    ],
    [
      "`clock`, `initial`, `on`, `quiet` and `store` are given to a wrapper or to `register`",
      badOptions,
      '["store", "clock", "initial", "on", "quiet"]',
    ],
    [
      "must be a function beside an injected fetch",
      "test/http/stale-if-error.test.ts",
      "an injected fetch needs a key: what it adds to a request is not seen",
    ],
    [
      "with fewer words, to keep bundles small",
      "test/docs/errors.test.ts",
      "what production says of a bad option in few words is said there at length",
    ],
  ],
  "docs/errors/circuit-changed.md": [
    ["One line for each change of a circuit's state", lines, "in %s, with the reason"],
    ["so not in tests", lines, "none in tests, and none of a circuit that is quiet"],
    ["The name is what they gave as `by`", lines, "and who gave the command"],
    [
      'the store is lost and the circuit has `whenLost: "refuse"`',
      lost,
      "with whenLost: %s a call goes out: %s",
    ],
    [
      "it closes by itself once its trials succeed",
      "test/http/circuit-options.test.ts",
      "halfOpenRetries %s closes after %i good trials",
    ],
    [
      "with `resetBackoff` it stays open for longer each time",
      "test/http/circuit-options.test.ts",
      "resetBackoff lengthens each opening that follows a failed trial",
    ],
    [
      "`quiet: true` switches them off for a circuit",
      lines,
      "none in tests, and none of a circuit that is quiet",
    ],
  ],
  "docs/errors/circuit-open.md": [
    [
      '`error.code` is `"ECIRCUITOPEN"`',
      "test/core/circuit-open-error.test.ts",
      "a refusal says which circuit, why, how long, and what it was caused by",
    ],
    [
      "A wrapped route answers 503 instead",
      "test/next/open-route.test.ts",
      "it answers 503 without running the handler, and leaks nothing",
    ],
    [
      "`error.cause` has the name and message of the last failure",
      "test/breaker/refusal-error.test.ts",
      "has name and message of the failure, and nothing of the user whose call it was",
    ],
    ["or its [store is lost](store-failed.md)", lost, "with whenLost: %s a call goes out: %s"],
    [
      "as many trials are under way as are allowed",
      "test/http/concurrent-calls.test.ts",
      "half-open lets through as many trials as halfOpenRetries says, however many come at a time",
    ],
    [
      "As many calls are under way as `maxConcurrent` allows",
      "test/http/max-concurrent.test.ts",
      "more calls at a time are refused at once, and do not count as failures",
    ],
    [
      "`shedExcess` or `ramp` refuses a share of the calls",
      "test/breaker/recovery.test.ts",
      "admits a tenth at first and all in the end, by the dice",
    ],
  ],
  "docs/errors/counted-twice.md": [
    [
      "is counted by the wrapper and once more by `protectFetch`",
      hook,
      "where no AsyncLocalStorage is, a call is counted by both, and the developer is told",
    ],
  ],
  "docs/errors/edge-guard.md": [
    [
      "Told once for each guard, in development and production, when a page that it covers is asked for",
      "test/next/proxy-guard.test.ts",
      "it says so once, when a covered page is asked for",
    ],
    [
      "and lets requests through",
      "test/next/proxy-guard.test.ts",
      "that do not exist yet let pass, and are not made",
    ],
  ],
  "docs/errors/function-threw.md": [
    ["Told once for each text", environment, "each text is told once, with the page of its code"],
    [
      "Without the verdict of `isFailure`, the default decides",
      "test/http/is-failure.test.ts",
      "where it throws the default decides",
    ],
    [
      "This does not break the call",
      "test/breaker/steering.test.ts",
      "that throw break no call, no other listener and no transition",
    ],
    [
      "network errors, timeouts, 408, 429 and 5xx count as failures of a fetch",
      "test/http/statuses.test.ts",
      "%i counts as a failure and reaches the caller",
    ],
  ],
  "docs/errors/hook-too-late.md": [
    [
      "Next had already patched `fetch` when `protectFetch` was called",
      hook,
      "says so when it comes too late to lie beneath Next's caches",
    ],
  ],
  "docs/errors/no-name.md": [
    [
      "threw, or did not return a string, or returned an empty one",
      "test/http/name.test.ts",
      "that %s leaves the call its origin's circuit",
    ],
    [
      "a route by that of its method and path",
      "test/next/with-protego-api.test.ts",
      "a naming function that throws leaves it method and path, one circuit for all queries",
    ],
    ["the request's `url`, `method` and `headers`", "test/http/name.test.ts", "is asked at each call"],
    [
      "For a function, it is given the arguments of the call",
      "test/breaker/protect.test.ts",
      "is named by its arguments, one circuit for each",
    ],
    ["for a handler, the request", "test/next/route-name.test.ts", "a function is asked with the request"],
  ],
  "docs/errors/push-failed.md": [
    [
      "Told once for each kind of failure",
      "test/stores/redis-push.dist.test.ts",
      "a subscriber that cannot subscribe is told of once, and calls go on",
    ],
    [
      "It is not asked a second time",
      "test/sharing/told-by-the-store.test.ts",
      "a store is listened to once, from the first circuit on, and each circuit hears of itself",
    ],
    [
      "a client that subscribes cannot send commands",
      "test/stores/redis-push.dist.test.ts",
      "the connection that asks cannot be the one that listens",
    ],
  ],
  "docs/errors/refusal-status.md": [
    [
      "So the refusal was thrown instead",
      hook,
      "is thrown where its answer of %i would look good, for Next stores that",
    ],
  ],
  "docs/errors/relative-url.md": [
    [
      "so it is called, past every circuit",
      "test/http/relative-urls.test.ts",
      "where there is no page it goes past the circuits, and that is told once",
    ],
    [
      "give the wrapper a `name` that is a string",
      "test/http/relative-urls.test.ts",
      "with a name it is protected wherever it is",
    ],
    [
      "A function as `name` does not help here",
      "test/http/name.test.ts",
      "is not asked about what makes no sense as a URL",
    ],
  ],
  "docs/errors/route-name.md": [
    [
      "Told once for each handler and name, at the first call",
      "test/next/route-name.test.ts",
      "and the developer is told to give a name, once, what to write, and where",
    ],
    [
      "Two handlers never share such a name",
      "test/next/route-name.test.ts",
      "two handlers that get the same name are two circuits, and it is told",
    ],
    [
      "and parts that look like an id are written as `[id]`",
      "test/next/route-name.test.ts",
      "where no pattern is known it bears the path, with ids as one",
    ],
    [
      "Next and some frameworks say which pattern the path has matched",
      "test/next/route-name.test.ts",
      "what a framework hands over names the route by its pattern:",
    ],
  ],
  "docs/errors/rule-not-shared.md": [
    [
      "Told once for each rule and quorum",
      rulesOfTheApp,
      "that a rule is counted by each isolate for itself is said once",
    ],
    [
      "The fleet opens when `quorum` isolates (2 by default) have opened by the rule",
      rulesOfTheApp,
      "it opens when a quorum of isolates has opened by the rule, and not before",
    ],
    [
      "add failures in a row, which are counted together",
      rulesOfTheApp,
      "failures in a row are counted together, whichever way they are asked for",
    ],
  ],
  "docs/errors/store-access.md": [
    ["thrown where `upstashStore()` is called", upstash, "is an error at creation that says which"],
    [
      "In `next build` a variable may be missing",
      upstash,
      "under next build it may be missing, and nothing is sent",
    ],
    [
      "one that is malformed is an error there, too",
      upstash,
      "one that is malformed is an error under next build as well",
    ],
    [
      "(or Vercel's `KV_REST_API_URL` and `KV_REST_API_TOKEN`)",
      upstash,
      "KV_… is read where UPSTASH_… is not there",
    ],
  ],
  "docs/errors/store-failed.md": [
    [
      "the event `store.failed`, and `snapshot().degraded`, which is true until the store answers",
      "test/sharing/fleet-member.test.ts",
      "a store that fails is told of by events and snapshots, until it answers",
    ],
    [
      "No call fails because of it, and none waits longer than `maxWait` (100 ms)",
      upstash,
      "%s: every call keeps its answer, and waits no longer than it may",
    ],
    [
      "After three errors in a row the store is left alone for a while",
      upstash,
      "is left alone after three errors, then found again",
    ],
    ['With `whenLost: "refuse"` it refuses every call', lost, "with whenLost: %s a call goes out: %s"],
    ["The store did not answer within 2 s", guarded, "has failed when two seconds are over"],
    ["The token is not of this database", upstashHttp, "is told by a name that holds no secret"],
    [
      "redirects are not followed",
      upstashHttp,
      "a redirect is refused: somebody else would get the script, and be believed",
    ],
    [
      "The store held something that is not a record. It has been replaced",
      guarded,
      "a store that has found something unreadable says so",
    ],
    [
      "newer isolates write what this one cannot read",
      "test/stores/fleet-script.dist.test.ts",
      "leaves a record of a newer version alone",
    ],
    [
      "a gateway or a proxy answers in the store's place",
      "test/stores/unbelievable-stores.test.ts",
      "keeps nobody from calling, and is told of",
    ],
    [
      "`others wrote the circuit's record first`, 24 times",
      "test/stores/compare-and-set-store.test.ts",
      "that never gets its turn is an error, not an answer",
    ],
    ["`close({ forced: true })` lets calls through meanwhile", lost, "who holds it closed by hand is obeyed"],
  ],
  "docs/errors/store-unreachable.md": [
    ["The exit code is 1", commandLine, ": exit code 1, in one line, without a secret"],
    ["or 2 if the address is not a URL", commandLine, "is not understood, and it is said why"],
    ["`watch` goes on and asks again", commandLine, "watching goes on after a look that failed"],
    ["Another server listens at that address", commandLine, "what is no Redis is told as that"],
    [
      "A reply was longer than 64 MB",
      "test/command-line/resp.test.ts",
      "what is sent without an end to it is not collected for ever",
    ],
    [
      "A newer version of the package wrote this circuit's record",
      commandLine,
      "what cannot be read is shown as such, and no command for all touches it",
    ],
    [
      "Percent-encode special characters in the password",
      commandLine,
      "another database of the same server, behind a password",
    ],
  ],
  "docs/errors/timeout.md": [
    [
      "A `DOMException` named `TimeoutError`",
      "test/breaker/deadline.test.ts",
      "a call that takes longer fails with a TimeoutError that says what took how long, and is aborted",
    ],
    [
      "It counts as a failure of the circuit",
      "test/http/timeout.test.ts",
      "headers that do not come in time are a failure, and the upstream sees the connection close",
    ],
    [
      "a function of `protect` took longer than the `timeout` that you gave",
      "test/breaker/protect.test.ts",
      "a timeout rejects with a TimeoutError and counts, once",
    ],
    [
      "a generator yielded no item for that long",
      "test/breaker/protect.test.ts",
      "whose next item takes too long fails",
    ],
    [
      "a body under `watchBody` delivered nothing for `idleTimeout`",
      "test/http/watch-body.test.ts",
      "a body that stalls counts, its reader gets a TimeoutError, and the connection is closed",
    ],
    [
      "which opens while calls still wait",
      "test/breaker/opening-rules.test.ts",
      "counts calls that still hang, long before their timeout",
    ],
    [
      "which gives it a signal",
      "test/breaker/abortable.test.ts",
      "aborts the signal with the TimeoutError that the caller gets, and counts",
    ],
  ],
  "docs/errors/too-many-circuits.md": [
    [
      "further names share one circuit called `(overflow)`",
      "test/breaker/registry-bound.test.ts",
      "it is told once, and opens for all of them alone",
    ],
    [
      "idle closed circuits are forgotten to make room",
      "test/breaker/registry.test.ts",
      "idle closed circuits go first, used ones stay, open ones always",
    ],
  ],
  "docs/errors/two-values.md": [
    [
      "Told once for each circuit, option and pair of values",
      whose,
      "that of the wrapper made last holds, whichever is called first, and it is told once, with both",
    ],
    [
      "nothing is told of a wrapper that you have edited",
      whose,
      "nothing is told of a wrapper that is not called any more: a hot reload has replaced it",
    ],
    ["what `register` gave holds over both", whose, "what register set, also not by reset"],
    [
      "a wrapper that does not mention an option leaves it alone",
      whose,
      "a wrapper that does not mention a circuit's option leaves it alone",
    ],
  ],
};
