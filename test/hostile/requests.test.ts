import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { createDashboard } from "../../src/dashboard.ts";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { shareStore } from "../../src/redis.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

beforeEach(resetCircuits);

const anyHeaderValue = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
  .map((value) => value.trim());

describe("what an upstream answers", () => {
  const numbers = [
    "0",
    "-1",
    "1e9",
    "0x10",
    "+5",
    "1.5",
    " 7 ",
    "9".repeat(400),
    "Infinity",
    "NaN",
    "",
    ";",
    "5, 6",
  ];
  const dates = [
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Sun, 06 Nov 1994 25:61:61 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "Sun Nov  6 08:49:37 99999",
    "now",
  ];
  const monsters = fc.constantFrom(...numbers, ...dates);

  test("no Retry-After and no Date keep a circuit open for longer than it may be", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(monsters, anyHeaderValue),
        fc.oneof(monsters, anyHeaderValue),
        async (retryAfter, date) => {
          resetCircuits();
          const fetch = createProtectedFetch({
            name: "a",
            failureThreshold: 1,
            resetTimeout: "1s",
            maxRetryAfter: "5m",
            clock: testClock(),
            fetch: () =>
              Promise.resolve(
                new Response(null, { status: 503, headers: { "retry-after": retryAfter, date } }),
              ),
          });
          expect((await fetch("https://a.test/")).status).toBe(503);
          const snapshot = circuits.get("a")!.snapshot();
          expect(snapshot.state).toBe("open");
          expect(snapshot.retryAfter).toBeGreaterThanOrEqual(1000);
          expect(snapshot.retryAfter).toBeLessThanOrEqual(300_000);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** Whether fetch itself would not take it. */
function isRefusedByFetch(url: unknown): boolean {
  try {
    new Request(url as string);
    return false;
  } catch {
    return true;
  }
}

describe("what a caller calls", () => {
  const likeUrl = fc.oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string({ unit: "binary" }),
    fc
      .tuple(fc.constantFrom("http://", "https://a.test:", "https://[", "//", "data:", ""), fc.string())
      .map((all) => all.join("")),
    fc.anything(),
  );

  test("reaches fetch as it is, whatever it is, and fills no memory", async () => {
    circuits.limit(50);
    const answer = new Response("answer");
    const calls: unknown[][] = [];
    const fetch = createProtectedFetch({
      fetch: (...args) => {
        calls.push(args);
        return Promise.resolve(answer);
      },
    });
    await fc.assert(
      fc.asyncProperty(likeUrl, async (url) => {
        calls.length = 0;
        // One that throws when it becomes a string throws in fetch too.
        const came = await Promise.resolve()
          .then(() => fetch(url as string))
          .catch((error: unknown) => error);
        expect(calls.length === 0 ? isRefusedByFetch(url) : came === answer).toBe(true);
        expect(circuits.list().length).toBeLessThanOrEqual(50);
        for (const { name } of circuits.list()) expect(name.length).toBeLessThanOrEqual(512);
      }),
      { numRuns: 3000 },
    );
    circuits.limit(1000);
  });

  const halves = fc.constantFrom("\ud800", "a\udc00b", "\udc00\ud800", `a${"\u{1f680}".repeat(300)}`);
  const anyName = fc.oneof(
    { weight: 9, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 600 }) },
    halves,
  );

  test("any name of a circuit can be looked up, shown and steered under it", async () => {
    const authorize = "a token of many characters";
    const { GET, POST } = createDashboard({ authorize, audit: () => {} });
    const headers = { authorization: `Bearer ${authorize}`, accept: "text/html" };
    await fc.assert(
      fc.asyncProperty(anyName, async (name) => {
        resetCircuits();
        const circuit = circuits.register(name);
        expect(circuits.get(name)).toBe(circuit);
        const page = await GET(new Request("http://localhost/protego", { headers }), {
          params: Promise.resolve({}),
        });
        const html = await page.text();
        const [, path] = /action="circuits\/([^"/]+)\/open\?/.exec(html.replaceAll("&#39;", "'"))!;
        const url = `http://localhost/protego/circuits/${path}/open`;
        const params = Promise.resolve({ path: ["circuits", path!, "open"] });
        const answer = await POST(new Request(url, { method: "POST", headers }), { params });
        expect(answer.status).toBeLessThan(400);
        expect(circuit.state).toBe("open");
      }),
      { numRuns: 300 },
    );
  });
});

describe("what is sent to the dashboard", () => {
  const anyPath = fc.array(
    fc.oneof(
      fc.constantFrom("circuits", "metrics", "events", "a", "open", "close", "half-open", "reset", "..", "%"),
      fc.string({ unit: "binary" }),
    ),
    { maxLength: 4 },
  );
  const anyHeaders = fc.dictionary(
    fc.constantFrom("authorization", "origin", "host", "accept", "sec-fetch-site", "content-type", "cookie"),
    fc.oneof(
      anyHeaderValue,
      fc.constantFrom(
        "Bearer",
        "Bearer ",
        "Basic",
        "Basic ====",
        "Basic Og==",
        "null",
        "http://localhost",
        "text/html",
      ),
    ),
  );

  test("without the token nothing is shown and nothing is changed, and it never throws", async () => {
    const { GET, POST } = createDashboard({ authorize: "a token of many characters", audit: () => {} });
    const circuit = circuits.register("a");
    await fc.assert(
      fc.asyncProperty(fc.boolean(), anyPath, anyHeaders, async (posts, path, headers) => {
        const request = new Request("http://localhost/protego", { method: posts ? "POST" : "GET", headers });
        const answer = await (posts ? POST : GET)(request, { params: Promise.resolve({ path }) });
        expect([401, 403, 429]).toContain(answer.status);
        expect(await answer.text()).not.toContain("a.test");
        expect(circuit.state).toBe("closed");
      }),
      { numRuns: 2000 },
    );
  });

  test("with it every request is answered, and the stream of one that leaves ends", async () => {
    const { GET, POST } = createDashboard({ authorize: () => true, audit: () => {} });
    circuits.register("a");
    await fc.assert(
      fc.asyncProperty(fc.boolean(), anyPath, anyHeaders, async (posts, path, headers) => {
        const request = new Request("http://localhost/protego", { method: posts ? "POST" : "GET", headers });
        const answer = await (posts ? POST : GET)(request, { params: Promise.resolve({ path }) });
        expect([200, 303, 400, 401, 403, 404, 405, 415]).toContain(answer.status);
        await answer.body?.cancel();
      }),
      { numRuns: 2000 },
    );
  });
});

test("whatever a store answers, a call keeps its answer", async () => {
  const answer = new Response("answer");
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.boolean(), async (reply, rejects) => {
      resetCircuits();
      const store = shareStore({
        step: () => (rejects ? Promise.reject(reply as Error) : Promise.resolve(reply)) as never,
      });
      const fetch = createProtectedFetch({ name: "a", store, fetch: () => Promise.resolve(answer) });
      for (let call = 0; call < 3; call++) {
        const came = await fetch("https://a.test/").catch((error: Error) => error.name);
        expect([answer, "CircuitOpenError"]).toContain(came);
      }
    }),
    { numRuns: 1000 },
  );
});
