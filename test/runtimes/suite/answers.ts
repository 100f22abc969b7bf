import { equal, errorOf, same } from "./assert.ts";
import type { Api, Check } from "./check.ts";

let serial = 0;

class HTTPException extends Error {
  readonly status: number;
  constructor(status: number) {
    super("of Hono");
    this.status = status;
  }
  getResponse(): Response {
    return new Response(null, { status: this.status });
  }
}

const thrown: ReadonlyArray<readonly [string, (status: number) => unknown]> = [
  ["a Response", (status) => new Response(null, { status })],
  ["Hono's HTTPException", (status) => new HTTPException(status)],
  ["SvelteKit's redirect", (status) => ({ status, location: "/login" })],
  ["SvelteKit's error", (status) => ({ status, body: { message: "who are you?" } })],
  ["React Router's data", (status) => ({ type: "DataWithResponseInit", data: null, init: { status } })],
  ["an error of http-errors", (status) => Object.assign(new Error("no"), { status, expose: status < 500 })],
];

function wrapped(api: Api, error: unknown) {
  const name = `thrown answers ${++serial}`;
  const GET = api.withProtego(() => Promise.reject(error as Error), { name, failureThreshold: 3 });
  return {
    call: () => GET(new Request("https://app.example/") as never, { params: Promise.resolve({}) }),
    totals: () => api.circuits.get(name)!.snapshot().totals,
  };
}

/** What a framework throws to answer. */
export const answers: Check[] = thrown.flatMap(([what, make]): Check[] => [
  {
    name: `${what} of 302, 401 or 404 that is thrown passes through, uncounted`,
    async run(api) {
      for (const status of [302, 401, 404]) {
        const error = make(status);
        const { call, totals } = wrapped(api, error);
        for (let i = 0; i < 4; i++) same(await errorOf(call, what), error, what);
        equal([totals().ignored, totals().failed], [4, 0], String(status));
      }
    },
  },
  {
    name: `${what} of 503 that is thrown passes through, and counts`,
    async run(api) {
      const error = make(503);
      const { call, totals } = wrapped(api, error);
      same(await errorOf(call, what), error, what);
      equal([totals().ignored, totals().failed], [0, 1], "what counted");
    },
  },
]);
