/** What `docs/stores.md` says, and the tests that hold it. */
export const stores: ReadonlyArray<readonly [sentence: string, testFile: string, title: string]> = [
  [
    "Stores for Upstash and Redis come with the package",
    "test/stores/contract.dist.test.ts",
    "by the requests that upstashStore makes of the environment",
  ],
  [
    "with a client of `ioredis` or `node-redis`",
    "test/stores/contract.dist.test.ts",
    'describe("by node-redis"',
  ],
  [
    "Without a client, `upstashStore()` sends its own requests",
    "test/stores/upstash-store.dist.test.ts",
    '["from the environment", () => ({})]',
  ],
  [
    "redirects are refused",
    "test/stores/upstash-http.dist.test.ts",
    "a redirect is refused: somebody else would get the script, and be believed",
  ],
  [
    "a reply without end is cut off",
    "test/stores/upstash-http.dist.test.ts",
    "at its first kilobytes, and its connection is closed",
  ],
  [
    "the client of Upstash follows redirects",
    "test/stores/upstash-http.dist.test.ts",
    "a client of Upstash's follows a redirect: that is for its makers to decide",
  ],
  [
    "It has to keep one text for each circuit",
    "test/core/store-step.test.ts",
    "a text carries all that the model's record does",
  ],
  [
    "Steps of one circuit happen one after another, in any order, and never half",
    "src/testing/contract/concurrency-checks.ts",
    "of reports that come at once none is lost",
  ],
  [
    "What a step has kept, every later step finds",
    "src/testing/contract/keeping-checks.ts",
    "what one client writes, the other reads at once",
  ],
  [
    "The age of a record is measured by the server that keeps it",
    "src/testing/contract/time-checks.ts",
    "an opening says how long it still lasts, and ends, however often somebody looks",
  ],
  [
    "A record that nobody has written for 48 hours counts as gone, unless a command holds it",
    "test/core/store-step.test.ts",
    "a record of 48 hours is gone, one that is a moment younger is there",
  ],
  [
    "unless a command holds it",
    "test/core/store-step.test.ts",
    "a record that is held by a command is there for as long as nobody gives another",
  ],
  [
    "A circuit's name is any text of up to 512 characters",
    "test/hostile/requests.test.ts",
    "expect(name.length).toBeLessThanOrEqual(512)",
  ],
  [
    "Different names are different circuits",
    "src/testing/contract/keeping-checks.ts",
    "circuits of different names are different, whatever is in the names",
  ],
  [
    "no call waits for it longer than `maxWait`",
    "test/sharing/fleet-member.test.ts",
    "a store that is silent holds a call for maxWait at most",
  ],
  ["none fails for it", "test/peers/shared-circuits.test.ts", "costs no call its answer"],
  [
    "a reply that is out of bounds counts as an error",
    "test/stores/unbelievable-stores.test.ts",
    "a store that answers %s keeps nobody from calling, and is told of",
  ],
  [
    "Requests may come twice, late, or after later ones",
    "test/fleet-explorer/scenarios.ts",
    "messages come twice",
  ],
  [
    "Of an error, only its `name` is ever passed on",
    "test/sharing/guarded-store.test.ts",
    "of a store's error only the name is told, because messages quote addresses and passwords",
  ],
  [
    "The step itself is a pure function",
    "test/core/store-step.test.ts",
    "a text carries all that the model's record does",
  ],
  [
    "If the text is no record, the step repairs it",
    "src/testing/contract/keeping-checks.ts",
    "what is no record is repaired: closed, said once, and it works from then on",
  ],
  [
    "the step throws an error named `NewerRecord`",
    "test/core/store-step.test.ts",
    "a text of a newer version is left alone, whatever is asked",
  ],
  [
    "A step that changes nothing is one `select`",
    "test/stores/compare-and-set-store.test.ts",
    "that changes nothing is one read",
  ],
  [
    "A step that changes something is a `select` and an `update` of one row",
    "test/stores/compare-and-set-store.test.ts",
    "that changes something is a read and a write",
  ],
  [
    "If another isolate was quicker, the step is taken again",
    "test/stores/compare-and-set-store.test.ts",
    "is taken again where somebody else was quicker, and none is lost",
  ],
  [
    "Then the fleet is closed, and opens again by the same evidence",
    "test/peers/shared-circuits.test.ts",
    "a store that has lost everything leaves no circuit dead, and can open again",
  ],
  [
    "An open circuit's record has about 200 bytes",
    "test/core/store-step.test.ts",
    "an open circuit's text has about 200 bytes, and the longest of all 3 kB",
  ],
  [
    "An object does one thing at a time, so nothing else is needed",
    "test/stores/contract.dist.test.ts",
    "a Durable Object in workerd, by the recipe of the documents",
  ],
  [
    "An object keeps one small record for a circuit that has ever failed",
    "test/core/store-step.test.ts",
    "to ask leaves nothing behind where nothing was",
  ],
  [
    "needs a store with `list`",
    "test/testing/store-contract.dist.test.ts",
    "where a store has no %s the check is left out, and the reason printed",
  ],
  [
    "no call ever waits for them",
    "test/sharing/looked-at.test.ts",
    "a store whose notes fail loses neither command nor call",
  ],
  [
    "`redisStore`, `upstashStore` and `memoryStore` have both",
    "test/stores/listing.dist.test.ts",
    "by requests of its own",
  ],
  [
    "is for every server that can write under a condition",
    "test/stores/contract.dist.test.ts",
    "a store of compare and set, whose server takes its time",
  ],
  [
    "The package runs the recipe for Postgres in its tests",
    "test/stores/contract.dist.test.ts",
    "Postgres, by the recipe of the documents",
  ],
  [
    "A function that lives for one call looks at the store once for that one call",
    "test/stores/hint-carriers.dist.test.ts",
    "isolates of one call look once a second together, not once each",
  ],
  [
    "for a second the others believe its word",
    "test/stores/hint.test.ts",
    "is told by the one that looked before it, for a second",
  ],
  [
    "Any other word, or none, sends them to the store",
    "test/stores/hint.test.ts",
    "a word that %s is not heard",
  ],
  ["and nobody has raised an alarm", "test/stores/hint.test.ts", "hears of an alarm at once, or next"],
  [
    "Reports, trials and commands always go to the store",
    "test/stores/hint.test.ts",
    "what an isolate asks after that it asks the store, and the others hear of it",
  ],
  [
    "trials and commands always go to the store",
    "test/stores/hint.test.ts",
    "is given a trial only by the store",
  ],
  [
    "`cacheApi()` is Cloudflare's cache",
    "test/stores/hint-carriers.dist.test.ts",
    "Cloudflare's Cache API, in workerd",
  ],
  [
    "Any other place with `get` and `set` will do",
    "test/stores/hint-carriers.dist.test.ts",
    "any get and set: a cache on the same machine",
  ],
  [
    "a new isolate may miss an opening for up to a second",
    "test/stores/hint-carriers.dist.test.ts",
    "and hear of an opening within a second",
  ],
  [
    "a word that is older than a second is not believed",
    "test/stores/hint.test.ts",
    "is older than a second",
  ],
  [
    "lies, or takes longer than 50 ms costs a look, never a call",
    "test/stores/hint.test.ts",
    "%s costs a look, never a call",
  ],
  [
    "One isolate in 64 looks at the store all the same",
    "test/stores/hint.test.ts",
    "one of many asks all the same, so that samples never cease; what it hears of that is its own affair",
  ],
  [
    "An isolate's first call waits for that place, not for the store",
    "test/stores/hint.test.ts",
    "is told by the one that looked before it, for a second",
  ],
  [
    "Each throws an error that says what was asked, expected and answered",
    "test/testing/any-runner.dist.test.ts",
    "where a store that answers rubbish fails, in words",
  ],
  [
    "concurrency by two clients (pass a function that opens one)",
    "test/testing/store-contract.dist.test.ts",
    "answers looks from a copy that is one write behind",
  ],
  [
    "hostile names",
    "test/testing/store-contract.dist.test.ts",
    "circuits of different names are different, whatever is in the names",
  ],
  [
    "random histories beside the pure step",
    "test/testing/store-contract.dist.test.ts",
    "random histories are answered as by the pure step",
  ],
  [
    "the check says so and is left out",
    "test/testing/store-contract.dist.test.ts",
    "where a store has no %s the check is left out, and the reason printed",
  ],
  [
    "Node's runner count it as skipped",
    "test/testing/any-runner.dist.test.ts",
    "SKIP this store has no list",
  ],
  [
    "The package runs these checks against its own stores",
    "test/stores/contract.dist.test.ts",
    "the store in memory",
  ],
  [
    "takes longer than 50 ms costs a look",
    "test/stores/hint.test.ts",
    "a word that takes %i ms to arrive costs its isolate %i looks",
  ],
];
