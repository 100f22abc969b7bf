import { NextRequest } from "next/server.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { circuits, createProtectedFetch, findCircuitOpenError, withProtego } from "../../src/index.ts";
import { protectAction, withProtegoApi } from "../../src/next.ts";
import { refusalResponse } from "../../src/options.ts";
import { apiServer } from "../next/api-server.ts";
import { answerAsEveryApi } from "./every-api.ts";
import { fakeApi, rejectionOf } from "./fake-api.ts";
import { sdks } from "./sdks.ts";

const api = fakeApi();
const pages = apiServer();
const route = { params: Promise.resolve({}) };
const request = () => new NextRequest("http://localhost/api/orders");
const { warn } = console;
beforeAll(() => void (console.warn = () => {}));
afterAll(() => void (console.warn = warn));

/** Those whose error does not lead to the refusal, wherever one looks: the request has to know of it. */
const cutTheLink = ["supabase-js"];

/** What the wrapper's own circuit has counted. */
function counts(name: string) {
  const { totals, state } = circuits.get(name)!.snapshot();
  return { state, failed: totals.failed, succeeded: totals.succeeded };
}

const nothing = { state: "closed", failed: 0, succeeded: 0 };

describe.each(sdks)("$name", ({ name, answer, load }) => {
  const asIs = () => load({ origin: api.origin, fetch: api.fetch, retries: false });

  test("answers as ever", async () => {
    api.handler = answerAsEveryApi;
    expect(await asIs()).toEqual(answer);
    expect(api.hits).toBe(1);
  });

  test("its failures open the circuit", async () => {
    api.isDown = true;
    for (let call = 0; call < 2; call++) await asIs().catch(() => {});
    expect([api.state, api.hits]).toEqual(["open", 2]);
  });

  test("the refusal is found in its error, unless it cuts the link", async () => {
    api.open();
    const found = findCircuitOpenError(await rejectionOf(asIs()));
    expect(found !== undefined).toBe(!cutTheLink.includes(name));
    expect(api.hits).toBe(0);
  });

  const ways: Array<[string, () => Promise<unknown>]> = [
    ["throws", asIs],
    [
      "answers",
      () => {
        const fetch = createProtectedFetch({ name: "api", fallback: refusalResponse() });
        return load({ origin: api.origin, fetch, retries: false });
      },
    ],
  ];

  describe.each(ways)("a refusal that the fetch %s", (_way, refused) => {
    test("is an error of the SDK's, never a value", async () => {
      api.open();
      await rejectionOf(refused());
      expect(api.hits).toBe(0);
    });

    test("makes the route around answer 503 with Retry-After, and does not count there", async () => {
      api.open();
      const GET = withProtego(async () => Response.json(await refused()), { name: "route" });
      for (let call = 0; call < 4; call++) {
        const response = await GET(request(), route);
        expect(response.status).toBe(503);
        expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(50);
        expect(await response.text()).not.toContain("api");
      }
      expect(counts("route")).toEqual(nothing);
    });

    test("makes the API route around answer 503 with Retry-After, and does not count there", async () => {
      api.open();
      pages.handler = withProtegoApi(async (_, response) => response.json(await refused()), { name: "page" });
      for (let call = 0; call < 4; call++) {
        const response = await fetch(pages.url);
        expect(response.status).toBe(503);
        expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(50);
      }
      expect(counts("page")).toEqual(nothing);
    });

    test("makes the action around return its refused state, and does not count there", async () => {
      api.open();
      const order = protectAction(refused, {
        name: "action",
        refused: ({ retryAfterSeconds }) => ({ again: retryAfterSeconds }),
      });
      for (let call = 0; call < 4; call++) {
        expect((await order()) as object).toEqual({ again: expect.closeTo(60, -1) });
      }
      expect(counts("action")).toEqual(nothing);
    });
  });

  test("the upstream's own failure makes the route fail, and counts there", async () => {
    api.isDown = true;
    const GET = withProtego(async () => Response.json(await asIs()), { name: "route" });
    await expect(GET(request(), route)).rejects.toBeDefined();
    expect(counts("route")).toMatchObject({ failed: 1 });
  });

  test("a handler that gets over the refusal answers as it wants, a success", async () => {
    api.open();
    const GET = withProtego(
      () =>
        asIs().then(
          () => Response.json("fresh"),
          () => Response.json("kept"),
        ),
      { name: "route" },
    );
    expect(await (await GET(request(), route)).json()).toBe("kept");
    expect(counts("route")).toMatchObject({ failed: 0, succeeded: 1 });
  });
});

test("two requests at a time: only the one that was refused answers 503", async () => {
  api.open();
  const { load } = sdks.find(({ name }) => name === "supabase-js")!;
  const GET = withProtego(
    async ({ nextUrl }) => {
      await load({ origin: api.origin, fetch: nextUrl.search ? api.fetch : fetch, retries: false });
      return new Response();
    },
    { name: "route", failureThreshold: 10 },
  );
  api.isDown = true;
  const asked = [0, 1, 2, 3].map((i) =>
    GET(new NextRequest(`http://localhost/api/orders${i % 2 ? "?refused" : ""}`), route).then(
      ({ status }) => status,
      () => "thrown",
    ),
  );
  expect(await Promise.all(asked)).toEqual(["thrown", 503, "thrown", 503]);
  expect(counts("route")).toMatchObject({ failed: 2 });
});
