import { beforeEach, describe, expect, test } from "vitest";
import { createDashboard } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

const said: string[] = [];
const dashboard = createDashboard({ authorize: () => "ada", audit: (line) => said.push(line) });
const origin = "http://localhost:3000";

beforeEach(() => {
  resetCircuits();
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
    expect(text.match(/<tr\s/g)).toHaveLength(1);
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
    forced: false,
    shared: false,
    degraded: false,
    lastFailure: "RangeError",
    totals: { allowed: 1, failed: 1, succeeded: 0, refused: 0, ignored: 0 },
  });
  const slices = reports[0]!["slices"] as Array<{ failed: number }>;
  expect(slices).toHaveLength(30);
  expect(slices.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
});

test("metrics are Prometheus' text, names escaped", async () => {
  circuits.register('quote " and \\ and \n line');
  await failOnce("payments");
  const response = await request("/metrics");
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  expect(text).toContain(
    'protego_circuit_state{circuit="quote \\" and \\\\ and \\n line",state="closed"} 1\n',
  );
  expect(text).toContain('protego_circuit_state{circuit="payments",state="open"} 1\n');
  expect(text).toContain('protego_circuit_state{circuit="payments",state="closed"} 0\n');
  expect(text).toContain('protego_calls_total{circuit="payments",outcome="failed"} 1\n');
  const line =
    /^(# (HELP|TYPE) protego_[a-z_]+ .+|protego_[a-z_]+\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z]+="[^"\\\n]*")*\} [\d.]+)$/;
  expect(text.endsWith("\n")).toBe(true);
  for (const each of text.trimEnd().split("\n")) expect(each).toMatch(line);
});

describe("commands", () => {
  test.each(["open", "close", "half-open", "reset"])(
    "%s does what it says, and leaves a line",
    async (action) => {
      await request("");
      await failOnce("payments");
      if (action === "open") circuits.get("payments")!.close();
      const response = await request(`/circuits/payments/${action}`, { method: "POST" });
      const state = { open: "open", close: "closed", "half-open": "half-open", reset: "closed" }[action];
      expect(await response.json()).toEqual({ circuit: "payments", state });
      expect(circuits.get("payments")!.state).toBe(state);
      expect(said).toEqual([`next-protego: ${action} "payments" by "ada"`]);
      expect(await (await request("")).text()).toContain(`${action} by ada`);
      expect(circuits.get("payments")!.snapshot().totals.failed).toBe(action === "reset" ? 0 : 1);
    },
  );

  test.each(hostileNames)("reach the circuit %j by the address on the page", async (name) => {
    circuits.register(name);
    const text = await (await request("")).text();
    const address = /action="(circuits\/[^"]+\/open)"/.exec(text)![1]!.replaceAll("&#39;", "'");
    const { pathname } = new URL(address, `${origin}/protego/`);
    expect((await request(pathname.replace("/protego", ""), { method: "POST" })).status).toBe(200);
    expect(circuits.get(name)?.state).toBe("open");
    expect(said[0]).not.toContain("\n");
  });

  test("without a script the browser is sent back to the page", async () => {
    circuits.register("payments");
    const headers = { accept: "text/html,*/*" };
    const response = await request("/circuits/payments/open", { method: "POST", headers });
    expect(response.status).toBe(303);
    const back = new URL(response.headers.get("location")!, `${origin}/protego/circuits/payments/open`);
    expect(back.pathname).toBe("/protego/");
  });

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

  test("a log that throws undoes nothing", async () => {
    circuits.register("payments");
    const noisy = createDashboard({ authorize: () => true, audit: () => JSON.parse("{") as void });
    const url = `${origin}/protego/circuits/payments/open`;
    const headers = { "sec-fetch-site": "same-origin" };
    const params = Promise.resolve({ path: ["circuits", "payments", "open"] });
    expect((await noisy.POST(new Request(url, { method: "POST", headers }), { params })).status).toBe(200);
    expect(circuits.get("payments")!.state).toBe("open");
  });
});

test("what is not there is 404", async () => {
  expect((await request("/secrets")).status).toBe(404);
});

test("the stream tells of changes, and ends when its reader leaves", async () => {
  circuits.register("payments");
  const response = await request("/events");
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const first = (await reader.read()).value!;
  expect(first).toMatch(/^retry: \d+\ndata: \{.*\}\n\n$/);
  circuits.get("payments")!.open();
  expect((await reader.read()).value).toContain("trial in");
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
