/** What `docs/sharing.md` says, and the tests that hold it. */
export const sharing: ReadonlyArray<readonly [sentence: string, testFile: string, title: string]> = [
  [
    "the whole fleet acts as one circuit breaker",
    "test/peers/shared-circuits.test.ts",
    "who joins an open fleet learns what remains of the wait, and prolongs nothing",
  ],
  [
    "With a store and one server, set `quorum: 1`",
    "test/sharing/rules-of-the-app.test.ts",
    "with a quorum of one, what one isolate has seen opens the fleet",
  ],
  [
    "otherwise each new one has to fail three times before it stops calling",
    "test/peers/windows-and-counters.test.ts",
    "the defaults are of a size that works: 3 failures, 60 seconds, 2 trials",
  ],
  [
    "with a `prefix` per region, so that each region decides alone",
    "test/stores/redis-command.test.ts",
    "a circuit has another key under another prefix",
  ],
  [
    "Nothing has to be installed",
    "test/stores/upstash-store.dist.test.ts",
    '["from the environment", () => ({})]',
  ],
  [
    "or `KV_REST_API_URL` and `KV_REST_API_TOKEN`",
    "test/stores/upstash-store.dist.test.ts",
    "KV_… is read where UPSTASH_… is not there",
  ],
  [
    "If one is missing or malformed, `upstashStore()` throws an error that names it",
    "test/stores/upstash-store.dist.test.ts",
    "is an error at creation that says which",
  ],
  [
    "a read-only token may not run the store's script",
    "test/upstash-server/upstash-server.test.ts",
    "with the read-only token may read, and neither write nor run scripts that could",
  ],
  [
    "Its retries, its pipelining and a missing timeout do no harm",
    "test/stores/upstash-store.dist.test.ts",
    "a client as it comes: retries, no timeout, auto-pipelining",
  ],
  [
    "Long-lived servers can hear of openings, closings and commands at once",
    "test/stores/redis-push.dist.test.ts",
    "a command by hand arrives at once, wherever it is given",
  ],
  [
    "they hear of them with their next failure or heartbeat",
    "test/sharing/fleet-member.test.ts",
    "an opening elsewhere is learnt by the own first failure",
  ],
  [
    "Each server needs a second connection that does nothing else",
    "test/stores/redis-push.dist.test.ts",
    "the connection that asks cannot be the one that listens",
  ],
  [
    "the script publishes one message to the channel `protego-changes`",
    "test/stores/redis-push.dist.test.ts",
    "// One command for a change, none for what changes nothing.",
  ],
  [
    "What changes nothing publishes nothing",
    "test/stores/redis-push.dist.test.ts",
    "// One command for a change, none for what changes nothing.",
  ],
  [
    "If a message is lost, or a subscriber is away for a while, an isolate only hears later",
    "test/stores/redis-push.dist.test.ts",
    "a subscriber that was killed is back by itself; what it has missed comes with the next answer",
  ],
  [
    "everything that is guaranteed below holds without the messages",
    "test/fleet-explorer/scenarios.ts",
    "changes are pushed, late or never, beside the answers",
  ],
  [
    "`redisPush()` without a connection only publishes",
    "test/stores/redis-push.dist.test.ts",
    'isolate(kind, "publish")',
  ],
  [
    "A process without the option publishes nothing",
    "test/stores/redis-push.dist.test.ts",
    "without the option nothing is published, and nobody subscribes",
  ],
  [
    "Commands that `npx next-protego` gives to a Redis are published too",
    "test/command-line/run.test.ts",
    "a process that listens for a push hears of a command as it is given",
  ],
  [
    "A store is one function that carries out one atomic step",
    "test/stores/contract.dist.test.ts",
    "a store of compare and set, whose server takes its time",
  ],
  [
    "how many isolates must see the upstream fail before the fleet opens; 8 at most",
    "test/stores/upstash-store.dist.test.ts",
    '["quorum", { quorum: 9 }]',
  ],
  [
    "the share of bad samples from which the fleet opens",
    "test/core/fleet.test.ts",
    "stays closed where bad samples are less than half",
  ],
  [
    "how long a report counts",
    "src/testing/contract/time-checks.ts",
    "a report counts as long as its window, and no longer",
  ],
  [
    "the longest that a call waits for the store, where it has to wait",
    "test/sharing/fleet-member.test.ts",
    "a store that is silent holds a call for maxWait at most",
  ],
  [
    "how often an isolate that has calls, but nothing to report, asks the store in the background",
    "test/sharing/fleet-member.test.ts",
    "a heartbeat looks in the background, and nobody waits",
  ],
  [
    "what the isolate is called on the [fleet's page]",
    "test/sharing/looked-at.test.ts",
    "an isolate with a label tells it once, with its first vote",
  ],
  [
    'it decides alone, or it refuses every call (`"refuse"`)',
    "test/sharing/when-lost.dist.test.ts",
    "with whenLost: %s a call goes out: %s",
  ],
  [
    "after three errors in a row: it decides alone",
    "test/sharing/when-lost.dist.test.ts",
    "one error, or two, refuse nobody",
  ],
  [
    "Found: Next's `after`",
    "test/package/conditions.test.ts",
    "request-end\\.edge|background|wait-until\\.workerd|runtime\\/after",
  ],
  [
    "in Workers `waitUntil` of `cloudflare:workers`, if the bundler sets the `workerd` condition",
    "test/fleet/plain-workers.test.ts",
    "plain Workers share their circuits with nothing but a store given",
  ],
  [
    "what Vercel, Netlify, Supabase and Bunny provide",
    "test/runtime/background.test.ts",
    "a promise is kept alive by %s context of the request",
  ],
  [
    "An isolate whose calls succeed reports nothing",
    "test/sharing/fleet-member.test.ts",
    "closed and known, a call waits for nothing and asks nothing",
  ],
  [
    "It reports its first failure as an **alarm**",
    "test/sharing/fleet-member.test.ts",
    "the first failure is an alarm; a good sample after it is told where others have bad ones, and then silence",
  ],
  ["Alarms alone open nothing", "test/core/fleet.test.ts", "stays closed by alarms alone"],
  [
    "Each further failure in a row makes a bad sample",
    "test/sharing/fleet-member.test.ts",
    "a second failure in a row is a bad sample",
  ],
  [
    "is sent at least if other isolates have bad ones",
    "test/sharing/fleet-member.test.ts",
    "a failure now and then, of which nobody else has bad samples, is told by one request",
  ],
  [
    "Bad samples come from `quorum` isolates",
    "test/core/fleet.test.ts",
    "stays closed by the bad samples of one isolate",
  ],
  [
    "Each isolate with a good sample raises this number by one, up to twice the quorum",
    "test/core/fleet.test.ts",
    "opens where four have good samples, and four bad ones",
  ],
  [
    "Good samples of the two windows before raise it as well, by the quorum at most",
    "test/core/fleet.test.ts",
    "counts a good sample %s, %i ms old: bad ones of %i open it: %j",
  ],
  [
    "Bad samples are at least `share` of all samples",
    "test/core/fleet.test.ts",
    "stays closed where bad samples are less than half",
  ],
  [
    "The failures in a row behind the bad samples add up to `failureThreshold`",
    "test/core/fleet.test.ts",
    "needs as many failures in a row, all bad samples together",
  ],
  [
    "fleets in which 5 % of the calls fail at random stay closed",
    "test/simulation/invariants.test.ts",
    "5% of calls fail at random",
  ],
  [
    "An isolate that alone cannot reach the upstream opens for itself alone",
    "test/peers/shared-circuits.test.ts",
    "one isolate that cannot reach the upstream stops nobody but itself",
  ],
  [
    "however many circuits it has and however often they are made again",
    "test/sharing/isolate-identity.test.ts",
    "opens for itself alone, however often its circuits are forgotten and made again",
  ],
  [
    "220 calls earn one",
    "test/core/member-evidence.test.ts",
    "220 calls earn one report, and no more than six are kept",
  ],
  [
    "If every tenth call fails, an isolate reports few first failures",
    "test/sharing/fleet-member.test.ts",
    "where every tenth call fails few failures are told, but two in a row and an opening always",
  ],
  [
    "It always reports that it has opened",
    "test/sharing/fleet-member.test.ts",
    "an isolate that opens by itself says so at full weight",
  ],
  [
    "If it could not report the failures that led to this, the report is a faded sample from the start",
    "test/core/member-evidence.test.ts",
    "an isolate that opened by failures in a row %s reports %o as a full run, faded: %j",
  ],
  [
    "After one `window`, a bad sample has faded",
    "test/core/fleet.test.ts",
    "faded bad samples count with one more: by %s (%i good) %j, %i ms between them, it opens: %j",
  ],
  [
    "it takes three isolates that have opened to open the fleet",
    "test/core/fleet.test.ts",
    "faded bad samples count with one more: by %s (%i good) %j, %i ms between them, it opens: %j",
  ],
  [
    "Five isolates with 2 calls a second each need 1.4 s for this in the median",
    "test/simulation/noise.test.ts",
    "where one call of ten fails at random, five isolates open as one a few seconds after all calls fail at once (%i)",
  ],
  [
    "Two isolates open as one only when the first trials in the outage have failed",
    "test/core/member-evidence.test.ts",
    "after an opening told as a faded sample, a trial that fails %i ms later weighs as much as a full run",
  ],
  [
    "A failure that took as long as a call that hangs is always suspicious",
    "test/core/member-evidence.test.ts",
    "a failure that came late is paid for as a suspicion, where there are no reports left",
  ],
  [
    "1,000 calls earn one",
    "test/core/member-evidence.test.ts",
    "1,000 calls earn one look for a mere suspicion, and no more than two are kept",
  ],
  [
    "failures in a row are counted together, whichever isolate sees them",
    "test/sharing/rules-of-the-app.test.ts",
    "failures in a row are counted together, whichever way they are asked for",
  ],
  [
    "the fleet opens when `quorum` isolates have opened by the rule within `window`",
    "test/sharing/rules-of-the-app.test.ts",
    "it opens when a quorum of isolates has opened by the rule, and not before",
  ],
  [
    "In development you are told once",
    "test/sharing/rules-of-the-app.test.ts",
    "that a rule is counted by each isolate for itself is said once",
  ],
  [
    "each isolate sheds by its own count; nothing opens",
    "test/sharing/rules-of-the-app.test.ts",
    "a fleet whose rule is %s does not open by failures in a row",
  ],
  [
    "So `minimumCalls` is the number of calls in one isolate",
    "test/sharing/rules-of-the-app.test.ts",
    "it opens when a quorum of isolates has opened by the rule, and not before",
  ],
  [
    "lets the same growing share of calls through in every isolate",
    "test/sharing/ramp.test.ts",
    "an isolate that starts while its fleet recovers lets the same growing share through as the others",
  ],
  [
    "an isolate learns of an opening with its first failure, or with its second",
    "test/simulation/invariants.test.ts",
    "an isolate learns it by its first failure; by its second, where it told of one lately",
  ],
  [
    "when none has come back for one and a half times the longest of the recent calls, and for 150 ms at least",
    "test/core/latency-detector.test.ts",
    "calls are overdue when none has come back for more than %i ms",
  ],
  [
    "Then the next call asks the store before it goes out",
    "test/sharing/fleet-member.test.ts",
    "a call that is overdue makes the next one ask",
  ],
  [
    "the next suspicion takes longer",
    "test/sharing/fleet-member.test.ts",
    "a call is overdue after 150 ms at the earliest, and after one that came back it takes longer",
  ],
  [
    "Calls that start while the store is asked wait for its reply as well",
    "test/sharing/fleet-member.test.ts",
    "where a call is overdue: the one that asks, and those after it",
  ],
  ["`maxWait` at most. They", "test/sharing/fleet-member.test.ts", "no longer than calls wait for anything"],
  [
    "a second failure in a row, or one that took too long",
    "test/sharing/fleet-member.test.ts",
    "where it is the second failure in a row, but not where it is a first one",
  ],
  [
    "An opening ends for all isolates at the same moment",
    "test/peers/shared-circuits.test.ts",
    "who joins an open fleet learns what remains of the wait, and prolongs nothing",
  ],
  [
    "The isolate that opened it asks for a trial at once",
    "test/core/trial-pace.test.ts",
    "the isolate that opened it asks for a trial at once",
  ],
  [
    "The others ask within the next twentieth of `resetTimeout`, half a second at most",
    "test/core/trial-pace.test.ts",
    "the others ask within a twentieth of it, half a second at most",
  ],
  [
    "so that they do not all ask at once",
    "test/simulation/pace.test.ts",
    "isolates that wait for a trial do not ask for it in one burst",
  ],
  [
    "asks up to 2 s before the end: then the place is there for its first call after it",
    "test/sharing/fleet-member.test.ts",
    "are asked for before the opening ends: the grant is there for the first call after it, and for none before",
  ],
  [
    "up to three seconds, and more only if trials are paced",
    "test/sharing/fleet-member.test.ts",
    "who is refused a place asks again after a pause: %s",
  ],
  [
    "never more than `halfOpenRetries` at a time in the whole fleet",
    "test/peers/shared-circuits.test.ts",
    "of many isolates that come due together, as many try as one alone would",
  ],
  [
    "Each grant is a lease that expires by itself",
    "test/peers/shared-circuits.test.ts",
    "a trial that is never heard of again loses its place on time, however often others ask",
  ],
  [
    "how many must succeed",
    "test/sharing/trials-in-full.test.ts",
    "how many must succeed, and how many may fail, whoever makes them",
  ],
  [
    "how many run at once",
    "test/sharing/trials-in-full.test.ts",
    "%j lets %i run at a time in the whole fleet",
  ],
  [
    "slow trials that count as failed",
    "test/sharing/trials-in-full.test.ts",
    "a trial that takes %s, where 2 s are allowed, leaves the fleet %s",
  ],
  ["their pace, and", "test/sharing/trials-in-full.test.ts", "trials of the fleet begin one by one"],
  [
    "the longest stay, which begins with the first trial",
    "test/sharing/trials-in-full.test.ts",
    "begins with the first trial, and ends with an opening as long as the last",
  ],
  [
    "A lease lasts as long as the call that asks may take, whatever other wrappers of the circuit allow",
    "test/sharing/trials-in-full.test.ts",
    "whatever the timeout of another wrapper of the circuit",
  ],
  [
    "A grant for a short call is not used for a longer one",
    "test/sharing/trials-in-full.test.ts",
    "so a grant for a short call is for none that may take longer",
  ],
  [
    "A trial keeps its place until it ends or its lease does, even if the circuit opens again meanwhile",
    "test/core/fleet.test.ts",
    "a trial that outlives its opening keeps its place, and no more run than are allowed",
  ],
  [
    "asks the fleet for its trials too, though the fleet is closed",
    "test/sharing/fleet-member.test.ts",
    "wait for the fleet's leave, one place each, though the fleet is closed",
  ],
  [
    "Its trials follow one another in the same place",
    "test/sharing/fleet-member.test.ts",
    "follow one another in the same place, which goes back after the last",
  ],
  [
    "the isolate asks for another before the next call comes",
    "test/sharing/fleet-member.test.ts",
    "find another place when they come, where the first was granted too long ago: it was asked for as the first succeeded",
  ],
  [
    "An isolate that follows the fleet closes only when the fleet does",
    "test/sharing/fleet-member.test.ts",
    "a trial that succeeds closes nothing here: only the fleet's word does, though one is enough",
  ],
  [
    "its outcome counts as the trial",
    "test/sharing/fleet-member.test.ts",
    "a first call that went out unheard is the trial: what came of it settles the grant",
  ],
  [
    "the next call is the trial, up to 2 s after the place was asked for",
    "test/sharing/trials-in-full.test.ts",
    "// It waits for no longer than a moment, so the grant is for the next call.",
  ],
  [
    "Otherwise the place is given back",
    "test/sharing/fleet-member.test.ts",
    "of a call that was refused: a place that no call uses within 2 s goes back",
  ],
  ["act on the whole fleet", "test/sharing/fleet-member.test.ts", "%s acts on the fleet"],
  [
    "stays until another command, and does not expire",
    "test/core/fleet.test.ts",
    "a forced record knows no time: it is the same after a year",
  ],
  [
    "two days at most, by the store's clock",
    "test/breaker/close-for.test.ts",
    "it is held for two days at most",
  ],
  [
    "holds the circuit closed for that long",
    "test/core/fleet.test.ts",
    "a hold of a closed circuit ends by itself: until then no report opens it",
  ],
  [
    "the very next call obeys it, whatever replies of the store are still on their way",
    "test/sharing/fleet-member.test.ts",
    "are obeyed here by the very next call, whatever is still on its way",
  ],
  [
    "If the circuit has changed since, the store does not carry it out",
    "test/core/fleet.test.ts",
    "a command is carried out only at the generation that its sender has seen: %j",
  ],
  [
    "A sender that still waits sends the command again within 2 s: an isolate three times at most",
    "test/sharing/fleet-member.test.ts",
    "a command that is not carried out is sent anew three times, also where a later answer has come before",
  ],
  [
    "Of one isolate's commands, the last wins",
    "test/sharing/fleet-member.test.ts",
    "each is sent at once with the generation that is known; of several only the last is sent anew",
  ],
  [
    "a command that arrives after its sender has given up cannot undo a newer one",
    "test/dashboard/command-fleet.test.ts",
    "a command that arrives after its sender has given up undoes no newer one",
  ],
  [
    "Of the commands of two people who both wait, the one that the store gets last wins",
    "test/dashboard/command-fleet.test.ts",
    "a command that finds the circuit changed is given again while its sender waits",
  ],
  [
    "Isolates whose calls succeed hear of a command with their next heartbeat",
    "test/sharing/fleet-member.test.ts",
    "a heartbeat looks in the background, and nobody waits",
  ],
  ["`configure()` stays local", "test/sharing/fleet-member.test.ts", "configure stays here"],
  [
    "errors, silence and rubbish have the same effect: the isolate decides alone",
    "test/stores/upstash-store.dist.test.ts",
    "%s: every call keeps its answer, and waits no longer than it may",
  ],
  [
    "errors, silence and rubbish have the same effect",
    "test/stores/unbelievable-stores.test.ts",
    "a store that answers %s keeps nobody from calling, and is told of",
  ],
  [
    "and it waits only as an isolate's first call, as a possible trial, or when others are overdue",
    "test/sharing/fleet-member.test.ts",
    "only a call that could be a trial waits; without a lease it is refused",
  ],
  [
    "Trials of the fleet never exceed `halfOpenRetries`",
    "test/fleet-explorer/promises.ts",
    "more trials than ${most} at the upstream while the store answers",
  ],
  [
    "An isolate that has lost the store makes its own trials",
    "test/sharing/fleet-member.test.ts",
    "one lost answer makes nobody try on his own; a store that is lost does",
  ],
  [
    "if nobody else has tried for another `resetTimeout`",
    "test/sharing/calls-that-may-not-wait.test.ts",
    "recover by themselves where nobody else tries for another reset timeout, one at a time",
  ],
  ["A key that was evicted knows of no trials", "test/fleet-explorer/scenarios.ts", "the key is evicted"],
  [
    "a healthy upstream and a call a second close every circuit",
    "test/fleet-explorer/fleet-explorer.test.ts",
    "s after the upstream has healed",
  ],
  [
    "it becomes a trial, or is given back at once, or its isolate is gone and the lease expires",
    "test/fleet-explorer/promises.ts",
    "a trial was granted that nobody will make or give back",
  ],
  [
    "a store that lost its last writes is believed after saying so three times",
    "test/sharing/fleet-member.test.ts",
    "a store that lost its last writes is believed when it says so three times",
  ],
  ["an older reply changes nothing", "test/sharing/fleet-member.test.ts", "an older generation is not heard"],
  [
    "until the store has replied to it, or for 2 s, no other reply undoes it",
    "test/fleet-explorer/fleet-explorer.test.ts",
    "an answer that has not heard of a command undoes it",
  ],
  [
    "one isolate is never a quorum of two",
    "test/fleet-explorer/promises.ts",
    "one isolate whose network is dead has opened the fleet",
  ],
  ["A report counts once", "test/simulation/invariants.test.ts", "a failure counted twice"],
  [
    "the key's time to live is the only clock",
    "test/stores/fleet-script.dist.test.ts",
    "takes the age of a record from its key's time to live",
  ],
  [
    "waiting times travel as remainders and are clamped on both sides",
    "test/core/believed-reply.test.ts",
    "of an opening, by the longest that the asker allows",
  ],
  [
    "over thousands of random histories in a real Redis",
    "test/stores/fleet-script.dist.test.ts",
    "answers as the model does, whatever comes in whatever order",
  ],
  [
    "An isolate sends no more than `budget` requests at once, and no more than that per minute on average",
    "test/sharing/guarded-store.test.ts",
    "is all that is sent in a minute, and fills evenly",
  ],
  [
    "except to give a place back, to report a trial, and for commands by hand",
    "test/sharing/guarded-store.test.ts",
    "does not hold back what is owed to the fleet",
  ],
  [
    "static pages stay static, ISR stays ISR",
    "test/fleet/fleet.test.ts",
    "static pages stay static, ISR stays ISR, and next build sends nothing",
  ],
  [
    "`snapshot().degraded` is true and `store.failed` is emitted from the first error on",
    "test/sharing/fleet-member.test.ts",
    "a store that fails is told of by events and snapshots, until it answers",
  ],
  [
    "left alone for about 2 s, then for twice as long each time, up to about 60 s",
    "test/sharing/guarded-store.test.ts",
    "is left alone after three errors: for 2 s, then for twice as long each time, 60 s at most",
  ],
  [
    "calls are refused until it answers again",
    "test/sharing/when-lost.dist.test.ts",
    "a refusal says when it may be worth to ask again, and the store is asked no more than otherwise",
  ],
  [
    "No reply within 2 s is an error",
    "test/sharing/fleet-member.test.ts",
    "a store that hangs holds them up for one patience, not for three",
  ],
  [
    "Three requests that wait at the same time without a reply count as three errors in a row",
    "test/sharing/guarded-store.test.ts",
    "is lost after one patience, where three wait for it",
  ],
  [
    "after the call's `timeout` and 3 s",
    "test/peers/shared-circuits.test.ts",
    "// The call's timeout, a second, and the longest that a grant can be on its way.",
  ],
  [
    "ten minutes at most (or the circuit's longest opening, if that is longer)",
    "test/core/fleet.test.ts",
    "a lease that no isolate would give is cut to what one might last",
  ],
  [
    "its first call asks the store",
    "test/sharing/fleet-member.test.ts",
    "an isolate that slept for an hour knows again after its first call",
  ],
  [
    "the fleet is closed, and opens again by the same evidence",
    "test/peers/shared-circuits.test.ts",
    "a store that has lost everything leaves no circuit dead, and can open again",
  ],
  [
    "Forced states have no expiry",
    "test/stores/fleet-script.dist.test.ts",
    "a circuit that is forced never expires, not even one that an older version wrote; one that is let go does",
  ],
  ["the script repairs it", "test/stores/fleet-script.dist.test.ts", "repairs a value that is %s"],
  [
    "it is left alone for about a minute; that circuit decides alone, others stay shared",
    "test/sharing/guarded-store.test.ts",
    "a record that cannot be read leaves the circuits of other names shared",
  ],
  [
    "the fleet closes as soon as the successes are enough for the isolate that asks",
    "test/core/fleet.test.ts",
    "a fleet whose trials have all succeeded closes when an isolate that wants fewer of them asks for a place",
  ],
  [
    "the isolate where it was given obeys it for up to 2 s. Then its next call asks the store",
    "test/sharing/fleet-member.test.ts",
    "the fleet's word counts again when the store has not answered",
  ],
  [
    "While a circuit is open, its refused calls send nothing until shortly before its end",
    "test/sharing/fleet-member.test.ts",
    "while the circuit is open, its refused calls send nothing",
  ],
  [
    "A trip costs about four commands per isolate that runs into it",
    "test/stores/fleet-script.dist.test.ts",
    "needs two commands to look and three to change, and keeps one small key that expires",
  ],
  [
    "An isolate that has had two replies in a row later than `maxWait` no longer waits for the first look of a circuit",
    "test/sharing/fleet-member.test.ts",
    "after two replies later than maxWait, calls do not wait for the first look of a circuit",
  ],
  [
    "But it takes part",
    "test/sharing/fleet-member.test.ts",
    "// It took part, and now it knows: the next call asks.",
  ],
  [
    "Upstash runs scripts on the primary",
    "test/upstash-server/regions.test.ts",
    "writes and scripts that may write see the newest, in every region",
  ],
  [
    "you are told once in development",
    "test/sharing/guarded-store.test.ts",
    "a record that the store has repaired is told of",
  ],
];
