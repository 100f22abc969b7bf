import { Redis } from "@upstash/redis";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { upstashHttp } from "../../src/stores/upstash-http.ts";
import { resetCircuits } from "../../src/testing.ts";
import { upstashStore } from "../../src/upstash.ts";
import { worker } from "../runtimes/in-workerd.ts";

const token = "a-token-that-nobody-may-see";
const sha = "c0ffee";
const script = "return 'a script that nobody may see'";

let servers: Server[] = [];
beforeEach(resetCircuits);
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs the script by its text, as an isolate does that meets a server for the first time. */
function run(url: string, storeTimeoutMs = 5000): Promise<unknown> {
  return upstashHttp({ url, token }, storeTimeoutMs).runByText(script, ["key"], ["argument"]);
}

function failure(running: Promise<unknown>): Promise<Error> {
  return running.then(
    (answer) => expect.fail(`it answered ${String(answer)}`),
    (error: Error) => error,
  );
}

/** Writes for as long as somebody reads. */
const endless: RequestListener = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"result":[');
  const write = (): void => {
    while (!response.destroyed && response.write("1,".repeat(10_000)));
  };
  response.on("drain", write);
  write();
};

test("a command is one POST, and its result is the answer", async () => {
  const asked: unknown[] = [];
  const url = await serve((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      asked.push([request.method, request.url, request.headers.authorization, JSON.parse(body)]);
      response.end('{"result":[1,2,3]}');
    });
  });
  const runner = upstashHttp({ url, token }, 5000);
  expect(await runner.runBySha(sha, ["key"], ["argument"])).toEqual([1, 2, 3]);
  expect(await runner.runByText(script, ["key"], [])).toEqual([1, 2, 3]);
  expect(asked).toEqual([
    ["POST", "/", `Bearer ${token}`, ["EVALSHA", sha, "1", "key", "argument"]],
    ["POST", "/", `Bearer ${token}`, ["EVAL", script, "1", "key"]],
  ]);
});

describe("a redirect is refused: somebody else would get the script, and be believed", () => {
  test.each([301, 302, 303, 307, 308])("%i", async (status) => {
    let visits = 0;
    const elsewhere = await serve((_, response) => {
      visits++;
      response.end('{"result":[7,1,1,60000,1,0]}');
    });
    const url = await serve((_, response) => response.writeHead(status, { location: elsewhere }).end());
    expect((await failure(run(url))).name).toBe(`HTTP ${status}`);
    expect(visits).toBe(0);
  });

  test("so nobody can open a circuit by it", async () => {
    let visits = 0;
    const elsewhere = await serve((_, response) => {
      visits++;
      response.end('{"result":[7,1,1,60000,1,0]}');
    });
    const url = await serve((_, response) => response.writeHead(308, { location: elsewhere }).end());
    vi.stubEnv("UPSTASH_REDIS_REST_URL", url);
    vi.stubEnv("UPSTASH_REDIS_REST_TOKEN", token);
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const call = protect(() => Promise.resolve("answer"), { name: "redirected", store: upstashStore() });
    expect(await call()).toBe("answer");
    await expect.poll(() => circuits.get("redirected")!.snapshot().degraded).toBe(true);
    expect(visits).toBe(0);
  });
});

test("a client of Upstash's follows a redirect: that is for its makers to decide", async () => {
  let visits = 0;
  const elsewhere = await serve((_, response) => {
    visits++;
    response.end('{"result":"PONG"}');
  });
  const url = await serve((_, response) => response.writeHead(307, { location: elsewhere }).end());
  const client = new Redis({ url, token, enableAutoPipelining: false, responseEncoding: false });
  expect(await client.ping()).toBe("PONG");
  expect(visits).toBe(1);
});

describe("a reply without end is left", () => {
  test("at its first kilobytes, and its connection is closed", async () => {
    let isClosed = false;
    const url = await serve((request, response) => {
      response.on("close", () => (isClosed = true));
      endless(request, response);
    });
    expect((await failure(run(url))).name).toBe("UnreadableReply");
    await expect.poll(() => isClosed).toBe(true);
  });

  test("when the patience is over, where it comes in drops", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200).write('{"result":[');
      const timer = setInterval(() => response.write("1,"), 5);
      response.on("close", () => clearInterval(timer));
    });
    expect((await failure(run(url, 60))).name).toBe("TimeoutError");
  });

  test("also where it is an error", async () => {
    const url = await serve((_, response) => {
      response.writeHead(400).end(`{"error":"ERR ${"x".repeat(100_000)}"}`);
    });
    expect((await failure(run(url))).name).toBe("UnreadableReply");
  });
});

const said = (error: string): string => JSON.stringify({ error });
const quoted = `command was: [["eval","${script}"]] with ${token}`;

test.each([
  ["a wrong token", 401, said(`WRONGPASS ${quoted}`), "HTTP 401 WRONGPASS"],
  ["an unknown script", 400, said(`NOSCRIPT ${quoted}`), "HTTP 400 NOSCRIPT"],
  ["an error of Redis in an answer", 200, said(`ERR ${quoted}`), "HTTP 200 ERR"],
  ["an error without a code", 400, said(token), "HTTP 400"],
  ["a gateway's page", 502, `<html>${quoted}</html>`, "HTTP 502"],
  ["nothing", 204, null, "HTTP 204"],
  ["an error of another kind", 500, '{"error":{"token":1}}', "HTTP 500"],
])("%s is told by a name that holds no secret", async (_what, status, body, name) => {
  const url = await serve((_, response) => response.writeHead(status).end(body));
  const error = await failure(run(url));
  expect(error.name).toBe(name);
  const told = inspect(error, { depth: Infinity, showHidden: true });
  for (const secret of [token, script, url]) expect(told).not.toContain(secret);
});

test.each([["null"], ['"text"'], ["[]"], ["{}"], ['{"result":null}'], ["<html>"], [""]])(
  "an answer of %s has no result",
  async (body) => {
    const url = await serve((_, response) => response.writeHead(200).end(body));
    expect((await run(url)) ?? undefined).toBeUndefined();
  },
);

describe("in workerd", () => {
  const entry = `
    import { upstashHttp } from "../../dist/stores/upstash-http.js";
    export default {
      async fetch(request) {
        const access = { url: await request.text(), token: ${JSON.stringify(token)} };
        try {
          return Response.json(await upstashHttp(access, 5000).runByText("script", ["key"], []));
        } catch ({ name, message }) {
          return Response.json(name + ": " + message);
        }
      },
    };
  `;

  test("likewise: answers are read, redirects are refused, replies are bounded", async () => {
    const good = await serve((_, response) => response.end('{"result":[1,2,3]}'));
    const redirect = await serve((_, response) => response.writeHead(307, { location: good }).end());
    const miniflare = await worker(entry);
    try {
      const ask = async (url: string): Promise<unknown> =>
        (await miniflare.dispatchFetch("http://worker/", { method: "POST", body: url })).json();
      expect(await ask(good)).toEqual([1, 2, 3]);
      expect(await ask(redirect)).toContain("HTTP 307");
      expect(await ask(await serve(endless))).toContain("UnreadableReply");
    } finally {
      await miniflare.dispose();
    }
  });
});
