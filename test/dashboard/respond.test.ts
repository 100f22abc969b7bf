import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createDashboard } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { freshHistory } from "./fresh-history.ts";

const said: string[] = [];
const dashboard = createDashboard({ authorize: () => "ada", audit: (line) => said.push(line) });
const origin = "http://localhost:3000";

beforeEach(() => {
  freshHistory();
  said.length = 0;
});

const hostileNames = [
  "<img src=x onerror=alert(1)>",
  `"><script>alert(1)</script>`,
  "' onmouseover='alert(1)",
  "</title></style><b>",
  "a/b?c#d%2F",
  "..",
  ".",
  "~",
  "~..",
  "\u202egnp.exe",
  'quote " and \\ and \n line',
  "日本 🚀",
  "__proto__",
];

function request(path: string, init?: RequestInit): Promise<Response> {
  const url = new URL(`${origin}/protego${path}`);
  const segments = url.pathname.split("/").slice(2).filter(Boolean);
  const method = init?.method === "POST" ? dashboard.POST : dashboard.GET;
  const headers = { "sec-fetch-site": "same-origin", ...(init?.headers as Record<string, string>) };
  return method(new Request(url, { ...init, headers }), { params: Promise.resolve({ path: segments }) });
}

async function failOnce(name: string): Promise<void> {
  const error = new RangeError("https://user:secret@internal.test/?token=secret");
  await protect(() => Promise.reject(error), { name, failureThreshold: 1 })().catch(() => {});
}

describe("the page", () => {
  test.each(hostileNames)("shows the name %j as text and nothing else", async (name) => {
    circuits.register(name);
    const text = await (await request("")).text();
    expect(text).not.toContain("<img");
    expect(text).not.toContain("<script>alert");
    expect(text).not.toContain("<b></");
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text.match(/<li [^>]*class="row/g)).toHaveLength(1);
    expect(text).not.toContain("\u202e");
  });

  test("runs only what carries its nonce, and another one each time", async () => {
    const policies = await Promise.all(
      [0, 1].map(async () => {
        const response = await request("");
        const policy = response.headers.get("content-security-policy")!;
        const nonce = /script-src 'nonce-([^']+)'/.exec(policy)![1]!;
        const text = await response.text();
        expect(text.split(`nonce="${nonce}"`)).toHaveLength(3);
        expect(policy).toContain("default-src 'none'");
        expect(policy).toContain("frame-ancestors 'none'");
        expect(policy).toContain("require-trusted-types-for 'script'; trusted-types protego");
        expect(text).not.toMatch(/https?:\/\/(?!localhost)/);
        return nonce;
      }),
    );
    expect(policies[0]).not.toBe(policies[1]);
  });

  test("tells the class of a failure, never its message", async () => {
    await failOnce("payments");
    for (const path of ["", "/circuits", "/live", "/metrics"]) {
      // oxlint-disable-next-line no-await-in-loop
      const text = await (await request(path)).text();
      expect(text).not.toContain("secret");
      expect(text).not.toContain("internal.test");
    }
    expect(await (await request("")).text()).toContain("RangeError");
  });
});

test("calls that something else has answered are told of the circuit, and of its outage", async () => {
  await request("");
  const call = protect(() => Promise.reject(new RangeError("no")), {
    name: "payments",
    failureThreshold: 1,
    fallback: () => 7,
  });
  for (let i = 0; i < 4; i++) await call().catch(() => {});
  const { circuits: reports } = (await (await request("/circuits")).json()) as {
    circuits: Array<Record<string, unknown>>;
  };
  expect(reports[0]).toMatchObject({
    substitutes: { fallback: 3, stale: 0, cache: 0 },
    recent: { refused: 3, substituted: 3 },
  });
  expect(await (await request("")).text()).toMatch(/<dt>answered in their place<\/dt>\s*<dd>3 calls<\/dd>/);
  const [incident] = ((await (await request("/incidents")).json()) as { incidents: Array<{ id: number }> })
    .incidents;
  expect(incident).toMatchObject({ refused: 3, substitutes: { fallback: 3, stale: 0, cache: 0 } });
  const markdown = await (await request(`/incidents/${incident!.id}.md`)).text();
  expect(markdown).toContain("- Answered in their place: 3 calls by a fallback\n");
});

test("circuits are there as JSON", async () => {
  await request("");
  await failOnce("payments");
  const response = await request("/circuits");
  expect(response.headers.get("content-type")).toBe("application/json");
  const { circuits: reports } = (await response.json()) as { circuits: Array<Record<string, unknown>> };
  expect(reports).toHaveLength(1);
  expect(reports[0]).toMatchObject({
    name: "payments",
    state: "open",
    held: false,
    shared: false,
    degraded: false,
    lastFailure: "RangeError",
    totals: { failed: 1, succeeded: 0, refused: 0, ignored: 0, observed: 0 },
    openedBy: "RangeError",
    retryAfter: expect.any(Number) as number,
  });
  const slices = reports[0]!["slices"] as Array<{ failed: number }>;
  expect(slices).toHaveLength(30);
  expect(slices.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
});

describe("commands", () => {
  test.each([
    ["open", "open", "opened by ada"],
    ["close", "closed", "closed by ada"],
    ["half-open", "half-open", "let trials through by ada"],
    ["reset", "closed", "closed and forgot its counts by ada"],
    ["hold-open", "open", "held open until another command by ada"],
    ["hold-closed", "closed", "held closed until another command by ada"],
  ])("%s does what it says, and leaves a line", async (action, state, line) => {
    await request("");
    await failOnce("payments");
    if (action === "open") circuits.get("payments")!.close();
    const response = await request(`/circuits/payments/${action}`, { method: "POST" });
    expect(await response.json()).toEqual({ circuit: "payments", state });
    expect(circuits.get("payments")!.state).toBe(state);
    expect(said).toEqual([`next-protego: ${action} "payments" by "ada"`]);
    expect(await (await request("")).text()).toContain(line);
    expect(circuits.get("payments")!.snapshot().forced).toBe(action.startsWith("hold"));
    expect(circuits.get("payments")!.snapshot().totals.failed).toBe(action === "reset" ? 0 : 1);
  });

  test("a circuit is held closed for as long as is said, and the page says until when", async () => {
    circuits.register("payments");
    await request("/circuits/payments/hold-closed?for=10m", { method: "POST" });
    expect(circuits.get("payments")!.snapshot()).toMatchObject({ state: "closed", forced: true });
    expect(circuits.get("payments")!.snapshot().heldMs).toBeGreaterThan(590_000);
    const text = await (await request("")).text();
    expect(text).toContain("held closed for 10 min by ada");
    expect(text).toMatch(/Every call is let through\. Its hold ends <span data-until="\d+">/);
    const { circuits: reports } = (await (await request("/circuits")).json()) as {
      circuits: Array<Record<string, unknown>>;
    };
    expect(reports[0]).toMatchObject({ held: true });
    expect(reports[0]!["heldMs"]).toBeGreaterThan(590_000);
    expect((await request("/circuits/payments/hold-open?for=10m", { method: "POST" })).status).toBe(400);
    expect((await request("/circuits/payments/hold-closed?for=soon", { method: "POST" })).status).toBe(400);
  });

  test.each(hostileNames)("reach the circuit %j by the address on the page", async (name) => {
    circuits.register(name);
    const text = await (await request("")).text();
    const address = /action="(circuits\/[^"]+\/open)[^"]*"/.exec(text)![1]!.replaceAll("&#39;", "'");
    const { pathname } = new URL(address, `${origin}/protego/`);
    expect((await request(pathname.replace("/protego", ""), { method: "POST" })).status).toBe(200);
    expect(circuits.get(name)?.state).toBe("open");
    expect(said[0]).not.toContain("\n");
  });

  test.each(["/circuits/payments/open", "/circuits/payments/open/"])(
    "without a script the browser is sent back to the page: %s",
    async (path) => {
      circuits.register("payments");
      const headers = { accept: "text/html,*/*" };
      const response = await request(path, { method: "POST", headers });
      expect(response.status).toBe(303);
      const back = new URL(response.headers.get("location")!, `${origin}/protego${path}`);
      expect(back.pathname).toBe("/protego");
    },
  );

  test.each([
    "/circuits/unknown/open",
    "/circuits/payments/destroy",
    "/circuits/payments/constructor",
    "/circuits/payments",
    "/circuits/%E0%A4%A/open",
    "/else/payments/open",
    "",
  ])("%j is 404 and changes nothing", async (path) => {
    circuits.register("payments");
    expect((await request(path, { method: "POST" })).status).toBe(404);
    expect(circuits.get("payments")!.state).toBe("closed");
  });

  test("carry the generation that was seen: who has seen another state is refused", async () => {
    const circuit = circuits.register("payments");
    const open = "/circuits/payments/hold-open";
    expect((await request(`${open}?seen=0`, { method: "POST" })).status).toBe(200);
    circuit.close();
    const late = await request(`${open}?seen=1`, { method: "POST" });
    expect(late.status).toBe(409);
    expect(await late.json()).toMatchObject({
      title: "The circuit has changed meanwhile: it is closed now.",
    });
    expect(circuit.state).toBe("closed");
    expect((await request(`${open}?seen=2`, { method: "POST" })).status).toBe(200);
  });

  test("tell the log why", async () => {
    circuits.register("payments");
    const path = `/circuits/payments/hold-open?reason=${encodeURIComponent("deploy of <b>\n")}`;
    await request(path, { method: "POST" });
    expect(said).toEqual(['next-protego: hold-open "payments" by "ada", because "deploy of <b>"']);
    const text = await (await request("")).text();
    expect(text).toContain("held open until another command by ada: deploy of &lt;b&gt;");
  });

  test.each<[string, (line: string) => unknown]>([
    ["throws", () => JSON.parse("{")],
    ["rejects later", () => Promise.reject(new Error("log"))],
  ])("a log that %s undoes nothing", async (_what, audit) => {
    circuits.register("payments");
    const noisy = createDashboard({ authorize: () => true, audit });
    const url = `${origin}/protego/circuits/payments/open`;
    const headers = { "sec-fetch-site": "same-origin" };
    expect((await noisy.fetch(new Request(url, { method: "POST", headers }))).status).toBe(200);
    expect(circuits.get("payments")!.state).toBe("open");
  });
});

describe("as a catch-all route of an app with a base path", () => {
  const { GET } = createDashboard({ authorize: () => true, audit: () => {} });
  const rewritten = createDashboard({ authorize: () => true, audit: () => {}, basePath: "/ops" });
  const context = { params: Promise.resolve({}) };
  const baseOf = async (response: Promise<Response>): Promise<string | undefined> =>
    /<base href="([^"]+)"/.exec(await (await response).text())?.[1];
  afterEach(() => void vi.unstubAllEnvs());

  test("the page's own addresses have it, though the request's URL does not", async () => {
    vi.stubEnv("__NEXT_ROUTER_BASEPATH", "/shop");
    const request = new Request(`${origin}/protego`);
    expect(await baseOf(GET(request, context))).toBe("/shop/protego/");
  });

  test("an edge function, whose URL has it, says it once", async () => {
    vi.stubEnv("__NEXT_ROUTER_BASEPATH", "/shop");
    const request = Object.assign(new Request(`${origin}/shop/protego`), { nextUrl: { basePath: "/shop" } });
    expect(await baseOf(GET(request, context))).toBe("/shop/protego/");
  });

  test("behind a rewrite the page is where the app says", async () => {
    expect(await baseOf(rewritten.GET(new Request(`${origin}/internal/protego`), context))).toBe("/ops/");
  });
});

describe("as one fetch handler", () => {
  const ask = (path: string, method = "GET", basePath?: string) =>
    createDashboard({ authorize: () => true, audit: () => {}, basePath }).fetch(
      new Request(origin + path, { method, headers: { "sec-fetch-site": "same-origin" } }),
    );

  test.each([
    ["/protego", undefined, "text/html"],
    ["/protego/", undefined, "text/html"],
    ["/", undefined, "text/html"],
    ["/ops/protego/circuits", undefined, "application/json"],
    ["/circuits", undefined, "application/json"],
    ["/ops/circuits/metrics", undefined, "text/plain"],
    ["/metrics/circuits", "/metrics", "application/json"],
    ["/metrics", "/metrics", "text/html"],
    ["/metrics/", "/metrics/", "text/html"],
    ["/metrics/metrics", "/metrics", "text/plain"],
    ["/metrics", "/", "text/plain"],
  ])("%s is found, with the base path %s", async (path, basePath, type) => {
    const response = await ask(path, "GET", basePath);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain(type);
  });

  test("nothing is there beside its base path", async () => {
    for (const path of ["/", "/protegos", "/other/protego", "/protego/secrets"]) {
      // oxlint-disable-next-line no-await-in-loop
      expect((await ask(path, "GET", "/protego")).status).toBe(404);
    }
  });

  test("the page's own addresses lead back to it", async () => {
    circuits.register("a/b");
    const text = await (await ask("/ops/protego")).text();
    const base = /<base href="([^"]+)"/.exec(text)![1]!;
    const action = /action="(circuits\/[^"]+\/open[^"]*)"/.exec(text)![1]!;
    const { pathname } = new URL(action, new URL(base, `${origin}/ops/protego`));
    expect((await ask(pathname, "POST")).status).toBe(200);
    expect(circuits.get("a/b")!.state).toBe("open");
  });

  test.each(["//elsewhere.test", "///elsewhere.test/", "/\\\\elsewhere.test", "//elsewhere.test/circuits/a"])(
    "no address leads the page's links to another site: %s",
    async (path) => {
      circuits.register("a");
      const text = await (await ask(path)).text();
      const links = [...text.matchAll(/(?:href|action)="(?!data:)([^"]*)"/g)].map(([, link]) => link!);
      expect(links.length).toBeGreaterThan(1);
      for (const link of links) expect(new URL(link, `${origin}/`).origin).toBe(origin);
      const headers = { "sec-fetch-site": "same-origin", accept: "text/html" };
      const { fetch } = createDashboard({ authorize: () => true, audit: () => {} });
      const posted = await fetch(
        new Request(`${origin}//elsewhere.test/circuits/a/open`, { method: "POST", headers }),
      );
      expect(new URL(posted.headers.get("location")!, origin).origin).toBe(origin);
    },
  );

  test("other methods are told which there are", async () => {
    const response = await ask("/protego", "DELETE");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
  });
});

describe("which process it is", () => {
  test.each<[what: string, label: string | undefined, env: string, shown: string | undefined]>([
    ["the label", "web <3>", "host-1", "web <3>"],
    ["the environment's host name", undefined, "host-1", "host-1"],
    ["nothing, where nothing is known", undefined, "", undefined],
  ])("is told by %s", async (_what, label, env, shown) => {
    vi.stubEnv("HOSTNAME", env);
    const { fetch } = createDashboard({ authorize: () => true, label });
    const ask = async (path: string) => (await fetch(new Request(`${origin}/protego${path}`))).text();
    const title = /<title>(.*)<\/title>/.exec(await ask(""))![1];
    expect(title).toBe(shown === undefined ? "Circuits" : `Circuits: ${shown}`.replace("<3>", "&lt;3&gt;"));
    await failOnce("payments");
    const { incidents } = JSON.parse(await ask("/incidents")) as { incidents: Array<{ process?: string }> };
    expect(incidents.map(({ process }) => process)).toEqual([shown]);
    vi.unstubAllEnvs();
  });
});

test("what is not there is 404", async () => {
  expect((await request("/secrets")).status).toBe(404);
});

test("no proxy and no compression may hold the stream back until it is worth while", async () => {
  const stream = await request("/events", { method: "HEAD" });
  const events = await request("/events");
  for (const { headers } of [stream, events]) {
    expect(headers.get("cache-control")).toBe("no-store, no-transform");
    expect(headers.get("x-accel-buffering")).toBe("no");
  }
  await events.body!.cancel();
});

test("the stream tells of changes, and ends when its reader leaves", async () => {
  circuits.register("payments");
  const response = await request("/events");
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const first = (await reader.read()).value!;
  expect(first).toMatch(/^retry: \d+\ndata: \{.*\}\n\n$/);
  circuits.get("payments")!.open();
  expect((await reader.read()).value).toContain("Next trial");
  await reader.cancel();
});

test("more than twenty streams are refused, and places come free", async () => {
  const streams = await Promise.all(Array.from({ length: 20 }, () => request("/events")));
  expect(streams.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect((await request("/events")).status).toBe(503);
  await Promise.all(streams.map(({ body }) => body!.cancel()));
  const again = await request("/events");
  expect(again.status).toBe(200);
  await again.body!.cancel();
});
