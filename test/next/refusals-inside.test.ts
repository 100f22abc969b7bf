import { redirect } from "next/navigation.js";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, protect } from "../../src/index.ts";
import { protectAction, withProtegoApi } from "../../src/next.ts";
import { resetCircuits } from "../../src/testing.ts";
import { apiServer } from "./api-server.ts";
import { guardedRoute } from "./guarded-route.ts";

beforeEach(() => {
  resetCircuits();
  circuits.register("inner").open();
});

const inner = protect(() => Promise.resolve("answer"), { name: "inner" });

async function refusal(): Promise<Error> {
  return inner().then(
    () => new Error("it was not refused"),
    (error: Error) => error,
  );
}

class ClientError extends Error {
  constructor(fields: object) {
    super("the request failed");
    Object.assign(this, fields);
  }
}

/** How libraries hand on what their fetch threw. */
const carriers: Array<[string, (error: Error) => unknown]> = [
  ["as it is", (error) => error],
  ["as cause", (cause) => new Error("failed", { cause })],
  ["as cause of a cause", (cause) => new Error("a", { cause: new TypeError("b", { cause }) })],
  ["among the errors of an AggregateError", (error) => new AggregateError([new Error("another"), error])],
  ["as networkError", (networkError) => new ClientError({ networkError })],
  ["as originalError", (originalError) => new ClientError({ originalError })],
  [
    "in a circle of causes",
    (error) => {
      const circle = new Error("a", { cause: error });
      return Object.assign(error, { cause: circle });
    },
  ],
  ["without any link", () => new Error("the connection failed")],
  ["as nothing at all", () => undefined],
  ["as a string", () => "failed"],
];

test("a refusal is known to its request, though looking for something in its place threw", async () => {
  const fetch = createProtectedFetch({ name: "inner" });
  const hostile = Object.defineProperty({}, "signal", {
    get() {
      throw new Error("not to be looked at");
    },
  });
  const { call, totals } = guardedRoute(async () => fetch("https://api.test/", hostile));
  expect((await call()).status).toBe(503);
  expect(totals()).toMatchObject({ failed: 0, ignored: 1 });
});

const apis = apiServer();

describe("a refusal inside that makes the handler throw, carried", () => {
  test.each(carriers)("%s: the route answers 503 and counts nothing", async (_, carry) => {
    const { call, totals } = guardedRoute(async () => {
      throw carry(await refusal());
    });
    for (let i = 0; i < 5; i++) {
      const response = await call();
      expect(response.status).toBe(503);
      expect(Number(response.headers.get("retry-after"))).toBe(60);
    }
    expect(totals()).toMatchObject({ failed: 0, ignored: 5, refused: 0 });
  });

  test.each(carriers)("%s: the API route answers 503 and counts nothing", async (_, carry) => {
    apis.handler = withProtegoApi(
      async () => {
        throw carry(await refusal());
      },
      { name: "api" },
    );
    for (let i = 0; i < 4; i++) expect((await fetch(apis.url)).status).toBe(503);
    expect(circuits.get("api")!.snapshot().totals).toMatchObject({ failed: 0, ignored: 4 });
  });

  test.each(carriers)("%s: the action answers its refused state and counts nothing", async (_, carry) => {
    const action = protectAction(
      async () => {
        throw carry(await refusal());
      },
      { name: "action", refused: ({ retryAfterSeconds }) => Promise.resolve(`later: ${retryAfterSeconds}`) },
    );
    for (let i = 0; i < 4; i++) expect(await action()).toBe("later: 60");
    expect(circuits.get("action")!.snapshot().totals).toMatchObject({ failed: 0, ignored: 4 });
  });
});

describe("a handler", () => {
  test("that caught the refusal and answered goes out untouched", async () => {
    const answer = new Response("without it");
    const { call, totals } = guardedRoute(async () => {
      await refusal();
      return answer;
    });
    expect(await call()).toBe(answer);
    expect(totals()).toMatchObject({ succeeded: 1 });
  });

  test.each([500, 503])(
    "that made a %i of the refusal itself, as tRPC and GraphQL servers do, goes out untouched and does not count",
    async (status) => {
      const isFailure = vi.fn(() => true);
      const { call, totals } = guardedRoute(
        async () => Response.json({ error: (await refusal()).name }, { status }),
        { isFailure },
      );
      for (let i = 0; i < 5; i++) {
        const response = await call();
        expect([response.status, await response.json()]).toEqual([status, { error: "CircuitOpenError" }]);
      }
      expect(totals()).toMatchObject({ failed: 0, ignored: 5, refused: 0 });
      expect(isFailure).not.toHaveBeenCalled();
    },
  );

  test("of the Pages Router that made a 500 of the refusal itself does not count either", async () => {
    apis.handler = withProtegoApi(
      async (_, response) => response.status(500).json({ error: (await refusal()).name }),
      { name: "api that answers" },
    );
    for (let i = 0; i < 5; i++) expect((await fetch(apis.url)).status).toBe(500);
    expect(circuits.get("api that answers")!.snapshot().totals).toMatchObject({ failed: 0, ignored: 5 });
  });

  test("that answers 500 without any refusal is a failure, also after a request in which there was one", async () => {
    let requests = 0;
    const { call, totals } = guardedRoute(async () => {
      if (requests++ === 0) await refusal();
      return new Response(null, { status: 500 });
    });
    await call();
    await call();
    expect(totals()).toMatchObject({ failed: 1, ignored: 1 });
  });

  test("that threw before any refusal is a failure", async () => {
    const own = new Error("own");
    const { call, totals } = guardedRoute(() => {
      throw own;
    });
    await expect(call()).rejects.toBe(own);
    expect(totals()).toMatchObject({ failed: 1, ignored: 0 });
  });

  test("whose refused call was answered by a fallback, and that fails by itself, is a failure", async () => {
    const own = new Error("own");
    const withFallback = protect(() => Promise.resolve("answer"), { name: "inner", fallback: "instead" });
    const { call, totals } = guardedRoute(async () => {
      expect(await withFallback()).toBe("instead");
      throw own;
    });
    await expect(call()).rejects.toBe(own);
    expect(totals()).toMatchObject({ failed: 1, ignored: 0 });
  });

  test("that caught the refusal and redirects is Next's own affair", async () => {
    const { call, totals } = guardedRoute(async () => {
      await refusal();
      redirect("/sorry");
    });
    await expect(call()).rejects.toMatchObject({ digest: expect.stringContaining("NEXT_REDIRECT") });
    expect(totals()).toMatchObject({ failed: 0, ignored: 1 });
  });

  test("of another request knows nothing of a refusal in this one", async () => {
    const own = new Error("own");
    const refusedRoute = guardedRoute(async () => {
      await refusal();
      return new Response();
    });
    const failing = guardedRoute(async () => {
      await Promise.resolve();
      throw own;
    });
    const [, outcome] = await Promise.all([
      refusedRoute.call(),
      failing.call().catch((error: unknown) => error),
    ]);
    expect(outcome).toBe(own);
    expect(failing.totals()).toMatchObject({ failed: 1 });
  });

  test("that throws nothing readable is thrown on as it is, not taken for its timeout", async () => {
    const { call, totals } = guardedRoute(() => Promise.reject(undefined as never), { timeout: "5s" });
    await expect(call()).rejects.toBeUndefined();
    expect(totals()).toMatchObject({ failed: 1 });
  });
});
