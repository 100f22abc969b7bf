import { sharing } from "./held-claims/sharing.ts";
import { stores } from "./held-claims/stores.ts";
import { dashboard } from "./held-claims/dashboard.ts";
import { readme } from "./held-claims/readme.ts";
import { speed } from "./held-claims/speed.ts";
import { troubleshooting } from "./held-claims/troubleshooting.ts";

type Claim = readonly [sentence: string, testFile: string, title: string];

/**
 * What a page promises, word for word, and the test that holds it: its file, and its title or a part of it. What else a
 * page says is computed (`claims.test.ts`, `options-reference.test.ts`, `events.test.ts`, `comparison.test.ts`), run as a snippet
 * (`code-blocks.test.ts`), or measured by the command beside it.
 */
export const heldClaims: Readonly<Record<string, readonly Claim[]>> = {
  "docs/sharing.md": sharing,
  "docs/stores.md": stores,
  "docs/getting-started.md": [
    [
      "After a minute, two trial calls find out",
      "test/peers/windows-and-counters.test.ts",
      "the defaults are of a size that works: 3 failures, 60 seconds, 2 trials",
    ],
    [
      "The package has no dependencies",
      "test/package/package.test.ts",
      "there are no run-time dependencies, and both peers are optional",
    ],
    [
      "closed -> open (calls; failures: 3; TypeError: fetch failed)",
      "test/docs/console-line.test.ts",
      "the line that docs/getting-started.md shows",
    ],
    [
      '`enabled: "observe"` counts and reports but refuses nothing',
      "test/http/enabled.test.ts",
      "observing does not hinder the way back",
    ],
  ],
  "docs/ai-streams.md": [
    [
      "a body that is read to its end is a success, one that breaks off or stalls is a failure",
      "test/http/watch-body.test.ts",
      "a body that is read to its end is a success, and what is read is the same",
    ],
    [
      "When it stalls, the reader gets a `TimeoutError`",
      "test/http/watch-body.test.ts",
      "a body that stalls counts, its reader gets a TimeoutError, and the connection is closed",
    ],
    [
      "A visitor who stops reading ends the call. That is not a failure",
      "test/http/watch-body.test.ts",
      "a reader that leaves early is no failure",
    ],
    [
      "three overdue calls open the circuit before any of them has ended",
      "test/breaker/opening-rules.test.ts",
      "counts calls that still hang, long before their timeout",
    ],
    [
      "Its `Retry-After` keeps the circuit open that long",
      "test/http/retry-after.test.ts",
      "no upstream can lock its own door for ever:",
    ],
    [
      "If the stream breaks later, that failure counts in whatever state the circuit has by then",
      "test/breaker/streams-as-trials.test.ts",
      "a stream that passed its trial and breaks later counts in the phase in which it breaks",
    ],
    [
      "passes the error to `onError` and answers 200 with an empty stream",
      "test/ecosystem/ai-clients.test.ts",
      "streamText answers 200 with an empty stream",
    ],
    [
      "`timeout` is the longest wait for the next item",
      "test/breaker/protect.test.ts",
      "whose next item takes too long fails",
    ],
    [
      "A generator that throws midway has failed",
      "test/breaker/protect.test.ts",
      "that fails midway is a failure, after what came before",
    ],
    [
      "One whose reader stops early has not",
      "test/breaker/protect.test.ts",
      "that its consumer leaves early is no failure, and is told to end",
    ],
  ],
  "docs/backend-for-frontend.md": [
    [
      "Faults in a visitor's request do not count",
      "test/docs/proxy-route.test.ts",
      "is not closed to everybody by three requests with",
    ],
    [
      "A stream that breaks does not count",
      "test/docs/proxy-route.test.ts",
      "a chunked upload that breaks off",
    ],
    [
      "at most 1,000 circuits are kept",
      "test/breaker/registry.test.ts",
      "a million origins stay within the bound",
    ],
    [
      "`staleIfError` keeps no answer to a request with a header that may identify a visitor",
      "test/http/stale-users.test.ts",
      "by a Request, its referrer, and by headers that an init puts in place of its own",
    ],
  ],
  "docs/deploying.md": [
    [
      "it answers 500, even with a fallback",
      "test/next-app/plain/regeneration.ts",
      "a path that was never generated answers 500 while open, fallback or not, and is good afterwards",
    ],
    [
      "Next keeps a page that already exists and regenerates it later",
      "test/next-app/plain/regeneration.ts",
      "a page keeps its data while the circuit is open",
    ],
    [
      "If an open circuit's time is over when the instance wakes up, the circuit lets trials through",
      "test/peers/windows-and-counters.test.ts",
      "after a leap in time no slice of the window is left over",
    ],
    [
      "Changing the time of day has no effect",
      "test/peers/clocks-and-timers.dist.test.ts",
      "the wall clock is not asked",
    ],
    [
      "another process gets that trial when the lease ends",
      "test/peers/shared-circuits.test.ts",
      "a trial that is never heard of again loses its place on time, however often others ask",
    ],
    [
      "An async function throws when the wrapper is made",
      "test/breaker/functions-that-answer-at-once.test.ts",
      "an async function as %s is refused in words, a plain one is not",
    ],
    [
      "It is not passed to the real fetch",
      "test/http/init-untouched.test.ts",
      "the wrapper's own member does not reach fetch, and stays in the caller's init",
    ],
    [
      "this call goes out as if there were no circuit",
      "test/http/enabled.test.ts",
      "one call can go past the circuit",
    ],
    ["answers if this call is refused", "test/http/fallback.test.ts", "one call can bring its own"],
  ],
  "docs/events.md": [
    [
      "A listener is called after the event took effect, in the order of events",
      "test/http/circuit-options.test.ts",
      "hears of every kind of event, after it took effect",
    ],
    [
      "that breaks no call and no other listener",
      "test/breaker/steering.test.ts",
      "that throw break no call, no other listener and no transition",
    ],
    [
      "`args` is there only if the wrapper has `argumentsInEvents: true`",
      "test/breaker/arguments-in-events.test.ts",
      "of a fetch they are its input and init",
    ],
  ],
  "docs/middleware.md": [
    [
      "the guard answers a request for such a path with 503, `Retry-After` and `Cache-Control: no-store`",
      "test/next/proxy-guard.test.ts",
      "a page whose circuit is open is answered with 503 before it renders",
    ],
    [
      "A half-open circuit lets requests through",
      "test/next/proxy-guard.test.ts",
      "that are half-open let pass: somebody's page must be the trial",
    ],
    [
      "The guard itself calls no upstream and counts nothing",
      "test/next/proxy-guard.test.ts",
      "asking counts nothing",
    ],
    [
      "A name that does not exist counts as closed",
      "test/next/proxy-guard.test.ts",
      "that do not exist yet let pass, and are not made",
    ],
    [
      "without Next's `basePath` and without a locale",
      "test/next/proxy-guard.test.ts",
      "%s belongs to Next, not to the path",
    ],
    [
      "it says so in the log, once",
      "test/next/proxy-guard.test.ts",
      "it says so once, when a covered page is asked for",
    ],
  ],
  "docs/next.md": [
    [
      "A fallback would be cached in its place",
      "test/next-app/plain/regeneration.ts",
      "a page with a fallback keeps its data: the fallback is not cached over it",
    ],
    [
      "In draft mode, each render makes its call and is refused while the circuit is open",
      "test/next-matrix/draft-mode.ts",
      "in draft mode each render calls, is refused while the circuit is open, and changes nothing for others",
    ],
    [
      "identical fetches in one render are sent once",
      "test/next-matrix/matrix.test.ts",
      "identical fetches of a render are sent once, and count once",
    ],
    [
      "Next's data cache still answers, without a call to the upstream",
      "test/http/data-cache.test.ts",
      "what Next has cached is served, and nothing is sent",
    ],
    [
      "with 400 bytes of client code",
      "test/package/sizes.test.ts",
      'next-protego/errors"\', "*", "next-protego/errors", [], 400]',
    ],
    [
      "During a build, nothing is counted, refused or sent to a store",
      "test/next-app/upstream-down.test.ts",
      "fails as it does without the package",
    ],
    [
      "So Next keeps the page that visitors see now",
      "test/next-matrix/matrix.test.ts",
      "a page that revalidates keeps what visitors see while the circuit is open",
    ],
    [
      "an answer that Next has in its data cache and that is not stale is used, as ever",
      "test/next-app/plain/regeneration.ts",
      "a page goes on being regenerated while a circuit is open whose answer Next has in its data cache",
    ],
    [
      "its shell is still regenerated if only a part is refused that is rendered for each visitor",
      "test/next-app/cache-components.test.ts",
      "a page's shell goes on being regenerated while the circuit of its dynamic part is open",
    ],
    [
      "keeps its data until its `revalidate`. Then it throws the refusal",
      "test/next-app/cache-components.test.ts",
      "'use cache' that is called for each visitor keeps its data until it revalidates, then throws the digest: %s",
    ],
    [
      "nor do the calls of a render that `next dev` gives up to begin anew",
      "test/next-app/abandoned-render.test.ts",
      "calls of a render that Next gives up do not count, nor do functions that make them",
    ],
    [
      "a refused part is left for the visit",
      "test/next-app/cache-components.test.ts",
      "holds no refusal, which the client would show for minutes after the circuit has closed",
    ],
    [
      '`"use cache: private"` is not kept by the server, and throws at once',
      "test/next-app/cache-components.test.ts",
      "'use cache: private' throws the digest at once",
    ],
    [
      "The package uses no clock and no random source that a prerender forbids",
      "test/next-app/cache-components.test.ts",
      "the build says nothing of clocks or randomness",
    ],
    [
      "Promises that a prerender leaves hanging on purpose do not count",
      "test/next-app/cache-components.test.ts",
      "what a prerender leaves hanging does not count, nor hold a trial's place",
    ],
    [
      "`revealRefusals` throws the refusal itself",
      "test/next/reveal-refusals.test.ts",
      "that is refused and throws something else throws the refusal",
    ],
    [
      "so a static route stays static",
      "test/next/route-name.test.ts",
      "reading the request would make a static route dynamic:",
    ],
    [
      "If a protected fetch inside is refused, the route answers 503, and that does not count against the route",
      "test/next/route-outcomes.test.ts",
      "becomes a 503 with that circuit's time, and does not count",
    ],
    [
      "makes an answer of the refusal itself, as tRPC and GraphQL servers do, that answer goes out",
      "test/next/refusals-inside.test.ts",
      "that made a %i of the refusal itself, as tRPC and GraphQL servers do, goes out untouched and does not count",
    ],
    [
      "Streams pass through as they are made",
      "test/next/route-outcomes.test.ts",
      "a body streams through while it is made",
    ],
    ["and the circuit keeps its state", "test/next-app/edits.test.ts", "the state survives the edit"],
    [
      "three components that make the same wrapped call send three requests",
      "test/next-app/external-package.test.ts",
      "three components that make the same wrapped call send three",
    ],
    [
      "no call waits for a promise that another request started",
      "test/peers/edge-and-next.test.ts",
      "no call waits for a promise that another call has started",
    ],
  ],
  "docs/protect-fetch.md": [
    [
      'axios with its default adapter on Node (`adapter: "fetch"` is covered), Stripe\'s default client on Node',
      "test/ecosystem/protect-fetch.test.ts",
      "docs/protect-fetch.md says what is covered",
    ],
    [
      "`proxy.ts`, the Pages Router and its API routes, edge functions",
      "test/next-app/protect-fetch/every-place.ts",
      "%s: two failures open, the third call is not sent",
    ],
    [
      "patterns that must match the whole origin",
      "test/next/protect-fetch.test.ts",
      "a pattern that matches a part of an origin does not choose it",
    ],
    [
      "prints the same table of routes with the line and without it",
      "test/next-app/protect-fetch.test.ts",
      "leaves the table of routes as it is",
    ],
    [
      "is served; the refresh behind it is refused, not sent",
      "test/next/beneath-next.test.ts",
      "a stale hit is served while open; the refresh behind it is refused, and stores nothing",
    ],
    [
      "keeps its content until its `revalidate`, then throws the refusal",
      "test/next-app/cache-components.test.ts",
      "'use cache' above protectFetch keeps its content until it revalidates, then throws the digest",
    ],
    [
      "`protectFetch` throws if you give it `fallback`, `fallbackOnFailure`, `stale` or `fetch`",
      "test/next/protect-fetch.test.ts",
      "what it cannot work with is refused, in words:",
    ],
    [
      "for any other status the refusal is thrown",
      "test/next/protect-fetch.test.ts",
      "would look good, for Next stores that",
    ],
    [
      "The circuit's own requests, to a [store](sharing.md) or for a `healthProbe`, are not counted either",
      "test/next/protect-fetch.test.ts",
      "what the circuit itself sends passes the hook:",
    ],
    [
      "it takes the new options and does not wrap itself",
      "test/next/protect-fetch.test.ts",
      "called again, it takes over the new options and lies over itself only once",
    ],
    ["a refused call gets a failed span", "test/next-app/protect-fetch.test.ts", "beside OpenTelemetry"],
  ],
  "docs/recipes.md": [
    [
      "Idle closed circuits are forgotten first",
      "test/breaker/registry.test.ts",
      "idle closed circuits go first, used ones stay, open ones always",
    ],
    [
      "Fetch spans do not change: one for each call that is sent",
      "test/ecosystem/vercel-otel.test.ts",
      "each call that is sent makes one span of its fetch, and tells its outcome on the page's",
    ],
    [
      "The first report counts",
      "test/breaker/permit-by-hand.test.ts",
      "that says %s counts so, once, and gives its place back",
    ],
    [
      "It logs one line of JSON for each change of state, and none for calls",
      "test/breaker/log-to.test.ts",
      "the console gets one line of JSON for each change, and none for calls",
    ],
    [
      "the library still writes one plain line per change to the console, in development and production",
      "test/breaker/numbers-and-reasons.test.ts",
      "one line of the console for each change of state",
    ],
    [
      "the attributes describe the first, and the events all of them",
      "test/telemetry/instrument-circuits.test.ts",
      "its attributes are of one circuit, however many report on it",
    ],
    [
      "so with one, a `key` is required",
      "test/http/stale-if-error.test.ts",
      "an injected fetch needs a key: what it adds to a request is not seen",
    ],
    [
      "With an async `isFailure`, a call waits for its verdict",
      "test/http/stale-if-error.test.ts",
      "a late verdict is waited for: good answers are kept, and bad ones replaced",
    ],
    [
      "The signal aborts at the timeout",
      "test/breaker/abortable.test.ts",
      "aborts the signal with the TimeoutError that the caller gets, and counts",
    ],
    [
      "Then it does count, because most libraries implement their timeouts as an abort",
      "test/ecosystem/whose-abort.test.ts",
      "opens the circuit of a hung upstream after as many calls as failureThreshold says",
    ],
    [
      "If it returns `undefined`, the caller gets the failure itself",
      "test/breaker/fallback-on-failure.test.ts",
      "that has nothing to say leaves the error, and the failing answer with its body",
    ],
    [
      "Neither option answers in a prerender",
      "test/breaker/fallback-on-failure.test.ts",
      "never answers in a",
    ],
    [
      "as a trial it keeps its place for that long, plus a second",
      "test/breaker/permit-by-hand.test.ts",
      "as a trial that says nothing it loses its place after its timeout and a second",
    ],
  ],
  "docs/rules.md": [
    [
      "A span of time needs a few hundred bytes, a number of calls one byte per call",
      "test/core/window.test.ts",
      "a window of calls takes a byte for each, and little more",
    ],
    [
      "A result that comes late, after the circuit has opened or closed, changes nothing",
      "test/peers/stale-results.test.ts",
      "what ends after a whole cycle changes nothing in the closed circuit that followed",
    ],
    [
      "No timer runs: an open circuit becomes half-open when the next call asks",
      "test/peers/clocks-and-timers.dist.test.ts",
      "a thousand circuits start no timer",
    ],
    [
      "`open({ forced: true })` holds until another command",
      "test/breaker/steering.test.ts",
      "open by force stays open, until another command",
    ],
    [
      "and its counts if rule and window stay the same",
      "test/breaker/steering.test.ts",
      "another rule begins anew, the same kind goes on",
    ],
    [
      "Options that can never work throw at once",
      "test/breaker/never-works.test.ts",
      "what can never work is refused",
    ],
    [
      "exact to a tenth of it",
      "test/breaker/opening-rules.test.ts",
      "of time counts the calls of that time, to a tenth of it, after any history",
    ],
    [
      "Both need the same few steps per call",
      "test/breaker/opening-rules.test.ts",
      "right after a year of idleness a step takes no more than ten slices",
    ],
    ["at most 10,000", "test/core/opening-rules.test.ts", "the largest window keeps ten thousand calls"],
    [
      "if both mention it, the wrapper made last wins, and in development you are told once",
      "test/breaker/whose-option.test.ts",
      "that of the wrapper made last holds, whichever is called first, and it is told once, with both",
    ],
    ["no wrapper undoes them", "test/breaker/whose-option.test.ts", "no wrapper undoes"],
    [
      "It refuses about the share of calls that fails",
      "test/breaker/shed-excess.test.ts",
      "shedExcess sheds about the share that fails",
    ],
    [
      "it refuses nothing while at most one call in eleven fails",
      "test/breaker/opening-rules.test.ts",
      "sheds nothing while the upstream accepts ten of eleven",
    ],
    [
      "Once the circuit has stayed closed for longer than its last opening, the count starts again",
      "test/breaker/open-duration.test.ts",
      "begins anew after a healthy spell longer than the last opening",
    ],
    [
      "that is used, up to `maxRetryAfter`",
      "test/breaker/open-duration.test.ts",
      "the upstream's longer Retry-After wins, up to its cap, on 429 and 503",
    ],
    [
      "An ignored outcome decides nothing and gives its place back",
      "test/peers/half-open-stuck.test.ts",
      "a trial whose outcome is to be ignored decides nothing and gives its place back",
    ],
    [
      "after closing: a tenth of the calls at first",
      "test/breaker/recovery.test.ts",
      "admits a tenth at first and all in the end, by the dice",
    ],
    [
      "A refused call is not a failure",
      "test/http/max-concurrent.test.ts",
      "more calls at a time are refused at once, and do not count as failures",
    ],
    [
      "`hungCalls` works even when hung calls hold every place",
      "test/breaker/live-changes.test.ts",
      "hung calls open a circuit although they have taken every place",
    ],
    [
      "An open circuit stays open for the remaining time",
      "test/breaker/recovery.test.ts",
      "keeps the wait that remains",
    ],
    [
      "so that not every copy sends its trials at once",
      "test/breaker/recovery.test.ts",
      "lets not every copy of a half-open snapshot send its trials",
    ],
    [
      "so a back-off continues",
      "test/breaker/live-changes.test.ts",
      "has its openings in a row, so that a back-off goes on",
    ],
    [
      "Idle circuits are forgotten first",
      "test/breaker/registry.test.ts",
      "idle closed circuits go first, used ones stay, open ones always",
    ],
    [
      "further names share one circuit, `(overflow)`",
      "test/breaker/registry-bound.test.ts",
      "where every circuit is needed, names beyond the bound share one",
    ],
    [
      "The array is read again for each call",
      "test/breaker/recovery.test.ts",
      "ignored errors are added and removed later: the array is looked at anew",
    ],
    [
      "answers from Next's data cache",
      "test/peers/responses.test.ts",
      "an answer of Next's data cache says nothing about the upstream",
    ],
    [
      "what frameworks throw to redirect or to answer 4xx",
      "test/breaker/frameworks-control-flow.test.ts",
      "what a framework throws to redirect, or because the visitor is at fault, is no failure:",
    ],
  ],
  "docs/runtimes.md": [
    [
      "If a body is not a web stream (node-fetch 3), it is passed on unchanged",
      "test/http/foreign-bodies-and-signals.test.ts",
      "leaves alone a body that is no stream of the web",
    ],
    [
      "So there, an injected fetch fails with",
      "test/http/foreign-bodies-and-signals.test.ts",
      "where AbortController is not the runtime's own, as under jsdom, an injected fetch refuses its signal",
    ],
    [
      "errors do not count while `navigator.onLine` is false",
      "test/http/network-errors.test.ts",
      "counts for nothing while the browser is offline",
    ],
    [
      "Every part that contains a digit, is encoded, or has 25 letters or more becomes `[id]`",
      "test/next/route-name.test.ts",
      "where no pattern is known it bears the path, with ids as one",
    ],
    [
      "Where Next is not installed, TypeScript asks for the name of a handler that takes one",
      "test/package/consumers.test.ts",
      "a handler of a plain Request, whose pattern nobody knows,",
    ],
    [
      "In development you are told at the first call which wrapper needs a name, and what to write",
      "test/next/route-name.test.ts",
      "and the developer is told to give a name, once, what to write, and where",
    ],
    [
      '`/shops/rome` with `{ city: "rome" }` is `GET /shops/[city]`',
      "test/next/route-name.test.ts",
      "what a framework hands over as parameters stands in the path by its name:",
    ],
    [
      "Two handlers do not share a circuit because of such a name",
      "test/next/route-name.test.ts",
      "two handlers that get the same name are two circuits, and it is told",
    ],
    [
      "it fails with `Illegal invocation`, which does not count",
      "test/http/callers-mistakes.test.ts",
      "a fetch that was taken from its object is the caller's mistake",
    ],
    [
      "A method that is called over RPC needs no function around it",
      "test/runtimes/workerd.test.ts",
      "a method of a Durable Object is protected as it is, without a function around it",
    ],
    [
      "or the stub of a Durable Object that another request has made",
      "test/runtimes/workerd.test.ts",
      "what workerd forbids to a request is no failure of the upstream: another request's stub",
    ],
    [
      "What Workers forbid to a request does not count for a fetch: too many subrequests",
      "test/http/callers-mistakes.test.ts",
      "another runtime's words for a refusal to send count no more",
    ],
    [
      "Nor does a call by a dispatcher that the app has closed",
      "test/http/callers-mistakes.test.ts",
      "a dispatcher that the app has closed, as it shuts down, says nothing about the upstream",
    ],
    [
      "or one without leave to use the network",
      "test/http/callers-mistakes.test.ts",
      "Deno without leave to use the network names its error, not a code",
    ],
    [
      "What another Worker throws behind a binding counts",
      "test/http/callers-mistakes.test.ts",
      "what another Worker throws behind a binding is its own failure",
    ],
    [
      "is known there as one, and a route answers 503 for it, with the compatibility flag `enhanced_error_serialization`",
      "test/runtimes/workerd.test.ts",
      "a refusal by another Worker is known as one with the flag for it",
    ],
    [
      "There, a timeout is an `Error` with the name `TimeoutError`",
      "test/runtimes/old-engines.test.ts",
      "a timeout counts, gives its place back, ends the request and is a TimeoutError",
    ],
    [
      "with no more than that engine has, and with no more than Safari 15.0 has",
      "test/runtimes/old-engines.test.ts",
      "an upstream that is down is not called any more",
    ],
    [
      "they share circuits, listeners and options through `globalThis`",
      "test/package/commonjs.test.ts",
      "circuits are the same for whoever imports and whoever requires",
    ],
    [
      "npm installs the package beside any version of Next, canaries included",
      "test/package/package.test.ts",
      "any Next will do for npm, canaries too",
    ],
    [
      "The bundle contains nothing for Next, Workers or Node",
      "test/package/conditions.test.ts",
      "in a browser nothing is shipped for requests that end before their work",
    ],
  ],
  "docs/sdks.md": [
    [
      "only supabase-js drops it",
      "test/ecosystem/refusals-inside.test.ts",
      "the refusal is found in its error, unless it cuts the link",
    ],
    [
      "That does not count against the route",
      "test/ecosystem/refusals-inside.test.ts",
      "makes the route around answer 503 with Retry-After, and does not count there",
    ],
    [
      "Visitors who leave earlier never count",
      "test/ecosystem/whose-abort.test.ts",
      "who leave early never count",
    ],
    [
      "the caller does not wait for that",
      "test/http/is-failure.test.ts",
      "does not make the caller wait for the verdict",
    ],
    [
      "so the status never shows their failures",
      "test/ecosystem/recipes.test.ts",
      "a streamed batch answers 200 for what is broken: a protected fetch never learns of it",
    ],
    [
      "Its `logger` gets the refusal in `error.cause.err`",
      "test/ecosystem/auth.test.ts",
      "while open the provider is not asked, and Auth.js tells its logger and its error page",
    ],
  ],
  "docs/testing.md": [
    [
      "`resetCircuits` forgets circuits and listeners",
      "test/breaker/recovery.test.ts",
      "resetCircuits forgets circuits and listeners, and wrappers go on",
    ],
    [
      "the `maxAge` of `staleIfError` run on real time",
      "test/testing/what-helpers-leave.test.ts",
      "nor the age of stale answers, which outlive resetCircuits",
    ],
    [
      "A wrapper that a module makes once follows the timers of each test",
      "test/testing/fake-timers.test.ts",
      "one fake clock after another moves it, too",
    ],
    [
      "a `timeout` follows them",
      "test/testing/any-runner.dist.test.ts",
      "under Node's own test runner its mocked timers move every timeout, test after test",
    ],
    [
      "Vitest's fake timers freeze it",
      "test/testing/what-helpers-leave.test.ts",
      "a snapshot is the same each time, with when it was taken where that is frozen",
    ],
    [
      "It keeps `circuits.limit(n)`",
      "test/testing/what-helpers-leave.test.ts",
      "resetCircuits keeps the bound of circuits",
    ],
    [
      "the protected fetch looks up the global `fetch` at each call",
      "test/http/real-fetch.test.ts",
      "globalThis.fetch is looked up at each call, not when the wrapper is made",
    ],
  ],
  "docs/versions.md": [
    [
      "`test/package/api/` lists it, so a change shows in the diff",
      "test/package/public-api.test.ts",
      "what an app can see changes only where the change is written down",
    ],
    [
      "if a version of Next does not have them, the package works as it does outside Next",
      "test/package/without-next.test.ts",
      "with the react-server condition and no Next installed",
    ],
  ],
  "docs/comparison.md": [
    [
      "a back-off survives closing",
      "test/breaker/open-duration.test.ts",
      "begins anew after a healthy spell longer than the last opening",
    ],
    [
      "changes nothing and emits nothing",
      "test/peers/half-open-stuck.test.ts",
      "looking at it moves nothing",
    ],
    [
      "a circuit that nobody called does not exceed its longest stay half-open",
      "test/core/trials.test.ts",
      "of a circuit that nobody called is no reason to refuse: its opening is over, too",
    ],
    [
      "names beyond the limit share one circuit",
      "test/breaker/registry-bound.test.ts",
      "where every circuit is needed, names beyond the bound share one",
    ],
    ["the remaining time is kept", "test/breaker/recovery.test.ts", "keeps the wait that remains"],
  ],
  "docs/dashboard.md": dashboard,
  "README.md": readme,
  "docs/speed.md": speed,
  ...troubleshooting,
};
