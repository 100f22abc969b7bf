import { describe, expect, test, vi } from "vitest";
import { staleIfError } from "../../src/options.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";

const upstream = loopbackServer();

const url = (): string => `${upstream.origin}/me`;

/** Ada reads what is hers. Then the upstream is down, and Bob asks, and somebody without a name. */
async function leaked(
  stale: ReturnType<typeof staleIfError>,
  as: (user: string) => RequestInit,
): Promise<string[]> {
  const { fetch } = guardedFetch({ stale, failureThreshold: 9 });
  upstream.answer = (_, response) => response.end("for ada");
  await (await fetch(url(), as("ada"))).text();
  upstream.answer = (_, response) => response.writeHead(503).end("down");
  const inits = [as("bob"), {}, as("ada"), { headers: { cookie: "session=bob" } }];
  return Promise.all(inits.map(async (init) => (await fetch(url(), init)).text()));
}

const nobody = ["down", "down", "down", "down"];

const identifying =
  "authorization proxy-authorization cookie x-api-key api-key apikey x-user x-user-id x-tenant x-tenant-id x-auth-token " +
  "x-access-token x-session x-session-id x-csrf-token x-forwarded-for x-forwarded-user x-forwarded-host x-real-ip forwarded " +
  "cf-connecting-ip true-client-ip x-client-ip x-amzn-oidc-identity x-goog-iap-jwt-assertion x-vercel-ip-city from origin " +
  "referer baggage tracestate x-request-id x-correlation-id idempotency-key dpop signature x-amz-security-token " +
  "x-shopify-access-token private-token x-custom accept-datetime dnt sec-gpc priority save-data";

test.each(identifying.split(" "))("what one user gets no other gets: %s", async (name) => {
  expect(await leaked(staleIfError(), (user) => ({ headers: { [name]: user } }))).toEqual(nobody);
});

test.each<[string, (user: string) => RequestInit]>([
  ["pairs of headers", (user) => ({ headers: [["x-user", user]] })],
  ["Headers", (user) => ({ headers: new Headers({ "x-user": user }) })],
  ["a Map", (user) => ({ headers: new Map([["x-user", user]]) as unknown as Headers })],
  [
    "headers that can be read once",
    (user) => ({ headers: new Map([["x-user", user]]).entries() as unknown as Headers }),
  ],
  ["cookies of a browser", () => ({ credentials: "include" })],
  ["a dispatcher", () => ({ dispatcher: undefined }) as RequestInit],
  ["a client certificate", (user) => ({ tls: { cert: user } }) as RequestInit],
  ["a referrer", (user) => ({ referrer: `https://a.test/${user}` })],
  ["an init that is a Request", (user) => new Request(url(), { headers: { "x-user": user } })],
  [
    "an init of a class",
    (user) =>
      new (class {
        headers = { "x-user": user };
      })(),
  ],
])("however it is written: %s", async (_what, as) => {
  expect(await leaked(staleIfError(), as)).toEqual(nobody);
});

test("by a Request, its referrer, and by headers that an init puts in place of its own", async () => {
  const { fetch } = guardedFetch({ stale: staleIfError(), failureThreshold: 9 });
  const calls: Array<[Request, RequestInit?]> = [
    [new Request(url(), { headers: { "x-user": "ada" } })],
    [new Request(url(), { referrer: "https://a.test/ada" })],
    [new Request(url(), { credentials: "include" })],
    [new Request(url()), { headers: { "x-user": "ada" } }],
  ];
  upstream.answer = (_, response) => response.end("for ada");
  for (const [request, init] of calls) await (await fetch(request, init)).text();
  upstream.answer = (_, response) => response.writeHead(503).end("down");
  expect(await (await fetch(url())).text()).toBe("down");
});

test("credentials in the URL, where a runtime sends them", () => {
  const stale = staleIfError();
  const response = new Response("for ada");
  expect(stale.remember("http://ada:secret@a.test/", {}, response)).toBe(response);
});

test("cookies of a page's own origin are as good as named", () => {
  vi.stubGlobal("location", { origin: "http://page.test" });
  const stale = staleIfError();
  const kept = (address: string, init?: RequestInit): boolean => {
    const response = new Response("for ada");
    return stale.remember(address, init, response) !== response;
  };
  expect(kept("http://page.test/me")).toBe(false);
  expect(kept("http://page.test/prices", { credentials: "omit" })).toBe(true);
  expect(kept("http://other.test/prices")).toBe(true);
  vi.unstubAllGlobals();
});

describe("what says how to answer, and not whom, is no hindrance", () => {
  test.each(
    "accept accept-charset accept-encoding accept-language content-type traceparent user-agent".split(" "),
  )("%s", async (name) => {
    const texts = await leaked(staleIfError(), (user) => ({ headers: { [name]: user } }));
    expect(texts).toEqual(["for ada", "for ada", "for ada", "down"]);
  });

  test("signal, redirect, mode, priority, Next's own, ours", async () => {
    const init = {
      signal: new AbortController().signal,
      redirect: "follow",
      mode: "cors",
      priority: "high",
      next: { tags: ["a"] },
      protego: {},
    } as RequestInit;
    expect((await leaked(staleIfError(), () => init))[2]).toBe("for ada");
  });
});

describe("a key of the app's own", () => {
  const byUser = (): ReturnType<typeof staleIfError> =>
    staleIfError({ key: ({ url: address, headers }) => `${headers.get("x-user")} ${address}` });

  test("keeps users apart by what it names", async () => {
    const texts = await leaked(byUser(), (user) => ({ headers: { "x-user": user, authorization: "x" } }));
    expect(texts).toEqual(["down", "down", "for ada", "down"]);
  });

  test("is asked nothing about headers that can be read once: it would see none", async () => {
    const as = (user: string): RequestInit => ({
      headers: new Map([["x-user", user]]).entries() as unknown as Headers,
    });
    expect(await leaked(byUser(), as)).toEqual(nobody);
  });

  test("that throws, or names nothing, keeps nothing", async () => {
    const broken = staleIfError({
      key: () => {
        throw new Error("broken");
      },
    });
    expect(await leaked(broken, () => ({}))).toEqual(nobody);
    expect(await leaked(staleIfError({ key: () => undefined }), () => ({}))).toEqual(nobody);
  });
});
