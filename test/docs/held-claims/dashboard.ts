import type { Claim } from "./claim.ts";

const access = "test/dashboard/access.test.ts";
const attention = "test/dashboard/attention.test.ts";
const browser = "test/dashboard/browser.e2e.test.ts";
const commandLine = "test/command-line/run.test.ts";
const fleet = "test/dashboard/fleet.test.ts";
const history = "test/dashboard/history.test.ts";
const prometheus = "test/dashboard/prometheus.test.ts";
const respond = "test/dashboard/respond.test.ts";
const rules = "test/dashboard/alert-rules.e2e.test.ts";
const stream = "test/dashboard/live-stream.test.ts";

export const dashboard: readonly Claim[] = [
  [
    "In a route of Next's, the app's own `basePath` is known",
    "test/next-app/base-path.test.ts",
    "the dashboard's own addresses lead back to it",
  ],
  [
    "Give `basePath` there only if a rewrite leads to the page",
    respond,
    "behind a rewrite the page is where the app says",
  ],
  ["every circuit as JSON", respond, "circuits are there as JSON"],
  [
    "`/incidents/7` one of them, `/incidents/7.md` the same as Markdown",
    browser,
    "an incident can be handed on, as Markdown and as JSON",
  ],
  [
    "server-sent events, for the page",
    respond,
    "the stream tells of changes, and ends when its reader leaves",
  ],
  [
    "`open`, `close`, `half-open`, `reset`, `hold-open`, `hold-closed`",
    respond,
    "%s does what it says, and leaves a line",
  ],
  ["the name percent-encoded", respond, "by the address on the page"],
  ["`open?for=5m` opens it for 5 minutes", fleet, "an opening is as long as is said, here and elsewhere"],
  [
    "`hold-closed?for=10m` holds it for 10",
    respond,
    "a circuit is held closed for as long as is said, and the page says until when",
  ],
  ["`?reason=` goes into the log", respond, "tell the log why"],
  [
    "also one that the app's code gives",
    history,
    "also where no state changes: a hold of what is open, its release, another length",
  ],
  ["with who gave it, for how long and why", fleet, "%s reaches a circuit that no process here has"],
  [
    "how many are known to have been given it",
    fleet,
    "for all that the store fails midway are in the log, with how many are known to have been done",
  ],
  [
    "`?store=` says which store, if there are several",
    fleet,
    "go to the store of the circuit where there are several, and not to any",
  ],
  [
    "it can let somebody look and not steer: `request.method` is `POST` for commands alone",
    access,
    "a function may let somebody look and not steer: it is asked with the method of each request",
  ],
  ["the same commands except `reset`", fleet, "/fleet/circuits/payments/reset"],
  ["the end of the address what is wanted", respond, "is found, with the base path"],
  [
    "how many circuits are broken, recovering or held",
    "test/dashboard/verdict.test.ts",
    "says what is broken, and how",
  ],
  [
    "and whether that share rises or falls",
    "test/dashboard/verdict.test.ts",
    "it says how bad it is and whether it gets better, by the last half minute",
  ],
  [
    "When nothing arrives from the server any more, the page says so",
    browser,
    "a page that hears nothing says so, and recovers",
  ],
  ["of whose last calls (five or more) a fifth failed", attention, "of calls %i succeed and %i fail"],
  [
    "The one that refuses most comes first",
    browser,
    "nothing moves while somebody points or stands there, and moves when they leave",
  ],
  [
    "A card says since when, what opened the circuit",
    browser,
    "changes arrive by themselves, new circuits too; what is broken is said first",
  ],
  ["how many trials have failed", browser, "who opens the page late sees what happened before"],
  [
    "After 12 cards, the others follow as lines",
    attention,
    "twelve have cards; the others that are broken come first among the lines",
  ],
  [
    "one line each, a hundred on a page",
    browser,
    "hundreds of circuits come in pages, with one stop of the tab key each, and are found",
  ],
  ["in your own time zone", browser, "times are the reader's own"],
  [
    "Trials that failed in the same way are one line",
    history,
    "is known: when it began, what failed first, what each trial found",
  ],
  [
    "counts the refused or failed calls of the last 30 s that something else answered",
    respond,
    "calls that something else has answered are told of the circuit, and of its outage",
  ],
  [
    "lets every call through, however many fail | the time that you chose is over",
    "test/breaker/close-for.test.ts",
    "a circuit that is held closed for a while",
  ],
  [
    "Then it is closed as usual",
    "test/breaker/close-for.test.ts",
    "closes as ever after a good call, and needs its three failures again",
  ],
  [
    "one `resetTimeout`, or the time that you chose, is over",
    "test/breaker/open-for.test.ts",
    "is open for one reset timeout where nothing is said",
  ],
  [
    "| Hold open | refuses every call, no trials | somebody releases it |",
    "test/breaker/steering.test.ts",
    "open by force stays open, until another command",
  ],
  [
    "| Reset | closes, and forgets counts and the last failure | |",
    "test/breaker/steering.test.ts",
    "reset closes and forgets the counts",
  ],
  [
    "The page asks before it sends a command",
    browser,
    "a command is asked about first, says what it will do, and is done",
  ],
  [
    "the command is refused with 409",
    respond,
    "carry the generation that was seen: who has seen another state is refused",
  ],
  [
    "Nothing moves in a list while the pointer or the focus is in it",
    browser,
    "nothing moves while somebody points or stands there, and moves when they leave",
  ],
  ["(`label`, else `HOSTNAME`)", respond, "the environment's host name"],
  [
    "It is not an alarm",
    "test/dashboard/verdict.test.ts",
    "a circuit that is only observed is not said to be broken, nor in red",
  ],
  [
    "`/protego/fleet` shows every circuit in the store, of any process and region",
    fleet,
    "a store alone is shown: states, holds, votes, trials, commands, for a process without circuits",
  ],
  [
    "which trials are under way and when they are given up, who voted and what they saw",
    fleet,
    "a circuit is shown with its votes by region, its trials and their time, its openings, and what the look cost",
  ],
  [
    "The page asks every 2 s while it is visible",
    browser,
    "shows what other processes do, as it happens, and commands them",
  ],
  [
    "The store is read once a second at most, however many people look",
    fleet,
    "however many look in a second, the store is read once, and no more of it than is bounded",
  ],
  [
    "a `SCAN` past 50,000 keys at most",
    "test/stores/listing.dist.test.ts",
    "a thousand circuits for a few commands, among a hundred thousand other keys for no more than fifty",
  ],
  ["The page says how many commands it was", fleet, "and what the look cost"],
  [
    "At most 500 circuits are read",
    fleet,
    "however many look in a second, the store is read once, and no more of it than is bounded",
  ],
  ["and the page says when there may be more", fleet, "has more than are read"],
  [
    "It is sent once, with the isolate's first vote",
    "test/sharing/looked-at.test.ts",
    "an isolate with a label tells it once, with its first vote",
  ],
  [
    "or after `heartbeat`",
    "test/sharing/fleet-member.test.ts",
    "a heartbeat looks in the background, and nobody waits",
  ],
  [
    "they arrive at once",
    "test/stores/redis-push.dist.test.ts",
    "a command by hand arrives at once, wherever it is given",
  ],
  [
    "A circuit of the process that serves the page obeys at once",
    fleet,
    "a circuit of this process obeys at once, and the fleet with it",
  ],
  ["*Try all now* does not touch what is held", fleet, "trying all leaves alone what is closed or held"],
  [
    "`upstashStore`, `redisStore` over ioredis or node-redis, `memoryStore` | yes",
    "test/stores/listing.dist.test.ts",
    "everything that is kept, with its times, votes, trials and commands",
  ],
  ["every master is searched", "test/stores/listing.dist.test.ts", "a cluster, over ioredis"],
  ["no, and the page says so", fleet, "The store cannot list its circuits."],
  [
    "It speaks to the store itself, so it works when the app does not",
    commandLine,
    "opens, holds, tries, closes and resets circuits, and shows what has become of them",
  ],
  ["For Upstash give `--upstash` and `--token`", commandLine, "Upstash by its environment"],
  [
    "Nothing else has to be installed",
    "test/package/package.test.ts",
    "there are no run-time dependencies, and both peers are optional",
  ],
  ["the broken ones first", commandLine, "shows what has become of them"],
  ["with `--exit-code` it ends with 3 if one is open", commandLine, "exitCodes.isOpen"],
  ["`watch --json` prints one value on each line", commandLine, "one look after another"],
  [
    "There is colour only on a terminal, and none with `NO_COLOR`",
    commandLine,
    "colour is for terminals that want it",
  ],
  ["1 the store did not answer", commandLine, ": exit code 1, in one line, without a secret"],
  ["2 not understood", commandLine, "is not understood, and it is said why"],
  [
    "No circuit stays open for longer than its own options allow",
    "test/stores/unbelievable-stores.test.ts",
    "a wait of years is cut to the longest that the circuit's own options allow",
  ],
  ["`close --for` takes two days at most", commandLine, "held closed for 48h at most"],
  ["a token of at least 16 characters", access, "must be a token of at least 16"],
  [
    "A browser asks for it as a password; the user name does not matter",
    access,
    "the password that a browser asked for",
  ],
  ["or a name for the log", access, "a function that says who it is"],
  ["Without `authorize`, if it is undefined, and if it throws, nobody gets in", access, "is refused when %s"],
  [
    "After ten wrong tokens, an address has to wait (429) for six seconds for each further one",
    access,
    "is slowed down for the address that guesses, and for no other",
  ],
  ["a page without `authorize` opens for this machine only", access, "without authorize from %s in %s"],
  [
    "another site cannot send them with your cookies",
    browser,
    "another site's page cannot steer, even in the browser of who may",
  ],
  [
    "The page runs only scripts that carry its nonce",
    respond,
    "runs only what carries its nonce, and another one each time",
  ],
  [
    "the code, the status or the class, never the message",
    respond,
    "tells the class of a failure, never its message",
  ],
  ["`audit` takes a function of your own", respond, "does what it says, and leaves a line"],
  [
    "five minutes in slices of 10 s and an hour in minutes",
    history,
    "are in slices of ten seconds for five minutes, and in minutes for an hour",
  ],
  [
    "which takes 6.2 MB at most",
    history,
    "take no more memory than is said, however many circuits there are",
  ],
  [
    "also 300 lines and 50 incidents",
    history,
    "stays bounded: lines, and incidents; those under way are kept longest",
  ],
  ["Every 10 s it reads the counts", history, "are kept while nobody looks"],
  ["Its timer keeps no process alive", history, "keeps no process alive"],
  [
    "Latency is measured on up to 200 calls in 10 s",
    history,
    "once enough of them have been measured, until the next ten seconds",
  ],
  [
    "and on every call while somebody looks and for a minute after",
    history,
    "but while somebody looks every call is measured",
  ],
  [
    "On Workers and in Next's edge runtime no timer runs",
    "test/dashboard/workerd.dist.test.ts",
    "in a Worker the page shows what happened, though no timer runs",
  ],
  ["All streams look together, once a second", stream, "all readers of a second share one look"],
  ["and send only what has changed", "test/dashboard/changes.test.ts", "what is the same is not sent again"],
  [
    "Figures in lines may be 6 s old",
    "test/dashboard/changes.test.ts",
    "a line is written anew when its state has changed, or when it is some seconds old, and not before",
  ],
  ["At most 20 streams are open", respond, "more than twenty streams are refused, and places come free"],
  [
    "A reader that takes nothing for 30 s loses its place",
    stream,
    "when a reader has been silent for half a minute, without a word from the runtime",
  ],
  [
    "| `protego_state` | | 0 closed, 1 half-open, 2 open |",
    prometheus,
    "a state is one series; when it left closed, whether it is held, and what is under way are others",
  ],
  [
    "in mode `observe`, calls that would have been refused, but were made",
    prometheus,
    "observe mode says what it is: calls were made, and none was refused",
  ],
  [
    "the app's fallback, the last good answer of `staleIfError`, Next's data cache",
    prometheus,
    "what answered in place of a call is counted by its kind",
  ],
  [
    "rounds of trials that have ended",
    prometheus,
    "rounds of trials are counted by what they found; a command ends none",
  ],
  [
    "`not_sent`: over the budget, or while the store is left alone",
    "test/sharing/looked-at.test.ts",
    "the use of a store is counted: answers, errors, and what the budget kept back",
  ],
  [
    "| `protego_build_info` | `protego_version` | always 1 |",
    prometheus,
    "which version runs is told, and it is the package's",
  ],
  [
    "the histogram `protego_call_duration_seconds`",
    prometheus,
    "durations are a histogram, failures have a type and refusals a reason",
  ],
  ["(20 kinds for each circuit)", prometheus, "kinds of failures are bounded"],
  [
    "OpenTelemetry hears every call anyway",
    "test/telemetry/instrument-circuits.test.ts",
    "calls, durations in seconds, transitions and states are counted",
  ],
  ["Counters never fall, neither by `reset()`", prometheus, "when a circuit is reset"],
  [
    "nor when a circuit is forgotten to make room",
    prometheus,
    "when a circuit is forgotten to make room, and when it comes back",
  ],
  [
    "After 1,000 forgotten names",
    prometheus,
    "when there are more names than are remembered: the rest is one series",
  ],
  ["A scrape makes no call dearer", prometheus, "a scrape starts nothing: no listener, and no look"],
  [
    "broken for a minute",
    rules,
    "an outage pages after a minute, goes on through every half-open gap, and ends with it",
  ],
  ["calls refused with nothing in their place", rules, "an outage behind a fallback is told as broken"],
  ["flapping", rules, "an upstream that flaps makes a ticket, and no page for any of its short outages"],
  [
    "held for an hour",
    rules,
    "a circuit that somebody holds does not page; forgotten for an hour it makes a ticket",
  ],
  ["low traffic and observe mode", rules, "the same outage that is only observed pages nobody"],
  ["is a board to import", rules, "rules and board ask for nothing that is not there"],
];
