import { beforeEach, describe, expect, test } from "vitest";
import { circuits, protect, withProtego } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(resetCircuits);

/** As the frameworks make them. */
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
class H3Error extends Error {
  static readonly __h3_error__ = true;
  readonly statusCode: number;
  constructor(statusCode: number) {
    super("of h3");
    this.statusCode = statusCode;
  }
}
class HTTPError extends Error {
  readonly status: number;
  readonly unhandled = undefined;
  override get name(): string {
    return "HTTPError";
  }
  constructor(status: number) {
    super("of h3 2");
    this.status = status;
  }
}
class SvelteKitError extends Error {
  readonly status: number;
  readonly text = "Payload Too Large";
  constructor(status: number) {
    super("of SvelteKit");
    this.status = status;
  }
}
class HttpException extends Error {
  readonly status: number;
  constructor(status: number) {
    super("of Nest");
    this.status = status;
  }
  getResponse(): object {
    return { statusCode: this.status, message: "who are you?" };
  }
}
const dataWith = (status: number) => ({ type: "DataWithResponseInit", data: null, init: { status } });
const errorResponse = (status: number) => ({ status, statusText: "", internal: false, data: null });
const httpError = (status: number) =>
  Object.assign(new Error("of http-errors"), { status, expose: status < 500 });

const shapes: ReadonlyArray<readonly [string, (status: number) => unknown]> = [
  ["a Response", (status) => new Response(null, { status })],
  ["Hono's HTTPException", (status) => new HTTPException(status)],
  ["SvelteKit's redirect", (status) => ({ status, location: "/login" })],
  ["SvelteKit's error", (status) => ({ status, body: { message: "who are you?" } })],
  ["React Router's data", dataWith],
  ["React Router's error response", errorResponse],
  ["SvelteKit's own, of a request", (status) => new SvelteKitError(status)],
  ["Nitro's createError", (status) => new H3Error(status)],
  ["h3's HTTPError since its version 2", (status) => new HTTPError(status)],
  ["http-errors", httpError],
  ["Nest's HttpException", (status) => new HttpException(status)],
  [
    "Fastify's own errors",
    (statusCode) => Object.assign(new Error("of Fastify"), { statusCode, name: "FastifyError" }),
  ],
  ["Elysia's status", (code) => ({ code, response: "who are you?" })],
];

describe("what a framework throws to redirect, or because the visitor is at fault, is no failure:", () => {
  test.each(shapes.flatMap(([what, make]) => [302, 401, 404].map((status) => [what, status, make] as const)))(
    "%s, %i",
    async (_, status, make) => {
      const thrown = make(status);
      const load = protect(() => Promise.reject(thrown as Error), { name: "loader", failureThreshold: 1 });
      const route = withProtego(() => Promise.reject(thrown as Error), {
        name: "route",
        failureThreshold: 1,
      });
      for (const call of [load, () => route({} as never, {} as never)]) {
        for (let visitor = 0; visitor < 2; visitor++) await expect(call()).rejects.toBe(thrown);
      }
      for (const name of ["loader", "route"]) {
        expect(circuits.get(name)!.snapshot().totals).toMatchObject({ ignored: 2, failed: 0 });
      }
    },
  );
});

test.each<[string, unknown]>([
  ["TanStack Router's notFound", { isNotFound: true }],
  ["Elysia's NotFoundError", Object.assign(new Error("NOT_FOUND"), { status: 404, code: "NOT_FOUND" })],
])("nor is %s, which has one status alone", async (_, thrown) => {
  const load = protect(() => Promise.reject(thrown as Error), { name: "loader", failureThreshold: 1 });
  for (let visitor = 0; visitor < 2; visitor++) await expect(load()).rejects.toBe(thrown);
  expect(circuits.get("loader")!.snapshot().totals).toMatchObject({ ignored: 2, failed: 0 });
});

test.each(shapes.map(([what, make]) => [what, make] as const))("%s of 503 is a failure", async (_, make) => {
  const load = protect(() => Promise.reject(make(503) as Error), { name: "loader" });
  await load().catch(() => {});
  expect(circuits.get("loader")!.snapshot().totals).toMatchObject({ failed: 1 });
});

test.each<[string, unknown]>([
  ["an SDK's error that carries a status", Object.assign(new Error("rate limit"), { status: 429 })],
  [
    "an error with status, headers and body",
    Object.assign(new Error("401"), { status: 401, headers: {}, body: "" }),
  ],
  ["a plain error", new Error("down")],
  ["an error with a code that is a number", Object.assign(new Error("no such key"), { code: 404 })],
  ["an object with a code alone", { code: 404 }],
])("%s counts as ever", async (_, thrown) => {
  const load = protect(() => Promise.reject(thrown as Error), { name: "loader" });
  await load().catch(() => {});
  expect(circuits.get("loader")!.snapshot().totals).toMatchObject({ failed: 1 });
});
