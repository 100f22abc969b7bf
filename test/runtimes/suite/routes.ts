import type { RouteOptions } from "../../../src/index.ts";
import { equal, errorOf, match, same } from "./assert.ts";
import type { Api, Check } from "./check.ts";
import { handClock } from "./hand-clock.ts";

let serial = 0;

type Handler = () => Response | Promise<Response>;

/** A route behind a circuit of its own, called as Next calls it. Next's request class fits where Next runs. */
function route(api: Api, handler: Handler, options: RouteOptions = {}) {
  const name = `route ${++serial}`;
  const wrapped = api.withProtego(handler, { name, clock: handClock(), ...options });
  const request = new Request("http://localhost/orders/1") as Parameters<typeof wrapped>[0];
  return {
    call: () => wrapped(request, { params: Promise.resolve({}) }),
    circuit: () => api.circuits.get(name)!,
  };
}

export const routes: Check[] = [
  {
    name: "the handler's own response goes out, the same object",
    async run(api) {
      const answer = Response.json({ fine: true });
      same(await route(api, () => answer).call(), answer, "the response");
    },
  },
  {
    name: "an open route answers 503 with Retry-After, no-store and a problem body that tells nothing",
    async run(api) {
      let runs = 0;
      const { call, circuit } = route(api, () => {
        runs++;
        return new Response("broken", { status: 500 });
      });
      for (let i = 0; i < 3; i++) equal((await call()).status, 500, "while closed");
      equal(circuit().state, "open", "after three");
      const response = await call();
      equal([response.status, runs], [503, 3], "the status, and how often the handler ran");
      equal(response.headers.get("retry-after"), "60", "Retry-After");
      equal(response.headers.get("cache-control"), "no-store", "Cache-Control");
      match(response.headers.get("content-type"), /^application\/problem\+json/, "Content-Type");
      const problem = (await response.json()) as object;
      equal(problem, { type: "about:blank", title: "Service Unavailable", status: 503 }, "the body");
    },
  },
  {
    name: "what the handler throws is rethrown, the same object, and counts",
    async run(api) {
      const error = new Error("broken");
      const { call, circuit } = route(api, () => Promise.reject(error));
      same(await errorOf(call, "the handler"), error, "the error");
      equal(circuit().snapshot().totals.failed, 1, "failures");
    },
  },
  {
    name: "Next's control flow passes through, the same object, uncounted",
    async run(api) {
      const digests = [
        "NEXT_REDIRECT;replace;/login;307;",
        "NEXT_HTTP_ERROR_FALLBACK;404",
        "NEXT_HTTP_ERROR_FALLBACK;401",
        "DYNAMIC_SERVER_USAGE",
        "BAILOUT_TO_CLIENT_SIDE_RENDERING",
        "HANGING_PROMISE_REJECTION",
      ];
      for (const digest of digests) {
        const thrown = Object.assign(new Error(digest), { digest });
        const { call, circuit } = route(api, () => Promise.reject(thrown));
        for (let i = 0; i < 4; i++) same(await errorOf(call, digest), thrown, digest);
        const { failed, ignored } = circuit().snapshot().totals;
        equal([circuit().state, failed, ignored], ["closed", 0, 4], digest);
      }
    },
  },
  {
    name: "a refusal that escapes from a protected fetch inside becomes a 503, uncounted",
    async run(api, { url }) {
      api.circuits.register("inner upstream", { clock: handClock(), resetTimeout: "7s" }).open();
      const inner = api.createProtectedFetch({
        name: "inner upstream",
        clock: handClock(),
        resetTimeout: "7s",
      });
      const { call, circuit } = route(api, () => inner(`${url}/status/200`));
      for (let i = 0; i < 4; i++) {
        const response = await call();
        equal([response.status, response.headers.get("retry-after")], [503, "7"], "the answer");
      }
      equal([circuit().state, circuit().snapshot().totals.failed], ["closed", 0], "the route's circuit");
    },
  },
  {
    name: "a fallback answers in place of the handler",
    async run(api) {
      const { call, circuit } = route(api, () => new Response("fresh"), {
        fallback: () => new Response("stale"),
      });
      equal(await (await call()).text(), "fresh", "while closed");
      circuit().open();
      equal(await (await call()).text(), "stale", "while open");
    },
  },
  {
    name: "a handler that takes too long is answered 504 and counts",
    async run(api) {
      const { call, circuit } = route(api, () => new Promise<Response>(() => {}), { timeout: "20ms" });
      equal((await call()).status, 504, "the status");
      equal(circuit().snapshot().totals.failed, 1, "failures");
    },
  },
];
