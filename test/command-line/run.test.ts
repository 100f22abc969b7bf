import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boundedName } from "../../src/breaker/bounded-name.ts";
import { exitCodes, run } from "../../src/command-line/run.ts";
import { keyOf } from "../../src/stores/redis-command.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import { startUpstashServer, type UpstashServer } from "../upstash-server/upstash-server.ts";

interface Heard {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** What is typed, as the shell would run it. */
async function typed(
  line: readonly string[],
  more: { env?: object; looks?: number; isTerminal?: boolean } = {},
): Promise<Heard> {
  let out = "";
  let error = "";
  let looks = more.looks ?? 0;
  const code = await run(line, {
    env: { USER: "ada", ...more.env },
    isTerminal: more.isTerminal ?? false,
    version: "1.2.3",
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    pause: () => Promise.resolve(--looks > 0),
  });
  return { code, out, error };
}

describe("what is typed", () => {
  test.each([[[]], [["help"]], [["--help"]], [["status", "-h"]]])("%j shows the help", async (line) => {
    const { code, out } = await typed(line);
    expect(code).toBe(0);
    expect(out).toContain("next-protego status");
  });

  test("--version tells the version", async () => {
    expect((await typed(["--version"])).out).toBe("1.2.3\n");
  });

  const redis = ["--redis", "redis://localhost"];
  test.each<[line: string[], words: string]>([
    [["status"], "where is the store?"],
    [["explode"], 'there is no command "explode"'],
    [["open", "", ...redis], '"open" needs the name of a circuit, or --all'],
    [["open", "a", "--for", "49h", ...redis], "open for 48h at most; for longer, --hold"],
    [["status", "--upstash", "https://x.upstash.io", "--token", "se cret\nsecret"], "the token of --upstash"],
    [["status", "--redis", "redis://user:secret%zz@host"], "special characters of the password as %40"],
    [["open", ...redis], '"open" needs the name of a circuit, or --all'],
    [["close", "a", "--all", ...redis], "needs the name of a circuit, or --all"],
    [["status", "payments", ...redis], '"status" shows all circuits'],
    [["try", "a", "--hold", ...redis], "--hold goes with open and close"],
    [["try", "a", "--for", "5m", ...redis], "--for says how long an opening lasts"],
    [["close", "a", "--for", "5m", "--hold", ...redis], "it goes with open and close, without --hold"],
    [["close", "a", "--for", "49h", ...redis], "held closed for 48h at most"],
    [["open", "a", "--for", "soon", ...redis], '--for "soon": expected a duration'],
    [["status", "--every", "-1", ...redis], "--every"],
    [["status", "--prefix", "a b", ...redis], '--prefix "a b"'],
    [["status", "--upstash", "https://x.upstash.io"], "--upstash needs --token"],
    [["status", "--upstash", "localhost", "--token", "t"], "--upstash is no URL"],
    [["status", "--upstash", "https://x", "--token", "t", ...redis], "give one"],
    [["status", "--bogus", ...redis], "--bogus"],
    [["status", "--redis", "http://user:secret@host"], "the address must be a URL"],
    [["status", "--redis", "redis://user:secret@host/notes"], "the address must be a URL"],
  ])("%j is not understood, and it is said why", async (line, words) => {
    const { code, out, error } = await typed(line);
    expect(code).toBe(exitCodes.notUnderstood);
    expect(out).toBe("");
    expect(error).toContain(words);
    expect(error).not.toContain("secret");
  });
});

describe("over a real store", () => {
  const hasRedis = needsRedis();
  let redis: RunningRedis;
  let upstash: UpstashServer;
  beforeAll(async () => {
    if (!hasRedis) return;
    redis = await startRedis();
    upstash = await startUpstashServer({ redis });
  });
  afterAll(async () => {
    await upstash?.stop();
    await redis?.stop();
  });

  let prefixes = 0;
  const places: Array<[where: string, place: () => { line: string[]; env: object; prefix: string }]> = [
    [
      "Redis",
      () => {
        const prefix = `cli${++prefixes}`;
        return { prefix, line: ["--redis", redis.url, "--prefix", prefix], env: {} };
      },
    ],
    [
      "Upstash by its environment",
      () => {
        const prefix = `cli${++prefixes}`;
        const env = { UPSTASH_REDIS_REST_URL: upstash.url, UPSTASH_REDIS_REST_TOKEN: upstash.token };
        return { prefix, line: ["--prefix", prefix], env };
      },
    ],
  ];

  test("a process that listens for a push hears of a command as it is given", async () => {
    const subscriber = new Redis(redis.url);
    try {
      const heard = new Promise<string>((resolve) =>
        subscriber.on("message", (_, message) => resolve(message)),
      );
      await subscriber.subscribe("pushed-changes");
      await typed(["open", "payments", "--redis", redis.url, "--prefix", "pushed"]);
      expect(await heard).toMatch(/^pushed:\{payments\}\|/);
    } finally {
      subscriber.disconnect();
    }
  });

  describe.each(places)("%s", (_where, place) => {
    test("opens, holds, tries, closes and resets circuits, and shows what has become of them", async () => {
      const { line, env } = place();
      const type = (...words: string[]) => typed([...words, ...line], { env });
      expect(await type("status")).toMatchObject({
        code: 0,
        out: expect.stringContaining("Nothing has happened") as string,
      });
      const opened = await type("open", "payments", "--for", "5m", "--why", "their deploy");
      expect(opened).toMatchObject({ code: 0, error: "" });
      expect(opened.out).toBe("payments: open (the store had no record of it: is the name right?)\n");
      expect((await type("open", "mail", "search", "--hold", "--by", "bob")).out).toMatch(
        /^mail: held open.*\nsearch: held open/,
      );
      expect((await type("close", "stock", "--hold")).out).toContain("stock: held closed");
      expect((await type("close", "stock", "--for", "10m")).out).toBe("stock: held closed\n");
      expect((await type("status")).out).toMatch(
        /^stock +held closed for \d+ (?:s|min) +.*hold close by ada/m,
      );
      await type("close", "stock", "--hold");
      const { out } = await type("status");
      const [head, ...rows] = out.split("\n");
      expect(head).toMatch(/^CIRCUIT +STATE +NEXT TRIAL +OPENINGS +TRIALS OUT +VOTES +LAST COMMAND$/);
      expect(rows[0]).toMatch(/^mail +held open +never +1 +hold open by bob, .* ago$/);
      expect(rows.find((row) => row.startsWith("payments"))).toMatch(
        / open +in \d+ min +1 +open by ada, .* ago: their deploy$/,
      );
      expect(rows.find((row) => row.startsWith("stock"))).toMatch(/ held closed +hold close by ada/);
      expect(out).toContain("1 open, 3 held of 4 circuits.");
      // Aligned: every cell of a column begins where its title does.
      for (const row of rows.slice(0, 4)) expect(row.slice(0, head!.indexOf("STATE"))).toMatch(/^\w+ +$/);
      expect((await type("status", "--exit-code")).code).toBe(exitCodes.isOpen);
      expect((await type("try", "mail")).out).toBe("mail: trying\n");
      expect((await type("try", "--all")).out).toBe("payments: trying\n");
      expect((await type("reset", "--all")).out).toBe(
        "mail: closed\npayments: closed\nsearch: closed\nstock: closed\n",
      );
      expect((await type("status", "--exit-code")).code).toBe(0);
      expect((await type("status")).out).toContain("4 circuits, all closed.");
    });

    test("the same as JSON", async () => {
      const { line, env } = place();
      const json = async (...words: string[]) =>
        JSON.parse((await typed([...words, ...line, "--json"], { env })).out) as unknown;
      expect(await json("open", "payments")).toEqual([
        { circuit: "payments", state: "open", held: false, wasKnown: false },
      ]);
      expect(await json("status")).toMatchObject({
        circuits: [{ name: "payments", state: "open", command: { by: "ada" } }],
        isCutShort: false,
      });
    });

    test("watch: one look after another", async () => {
      const { line, env } = place();
      await typed(["open", "payments", ...line], { env });
      const { code, out } = await typed(["watch", "--json", ...line], { env, looks: 3 });
      expect(code).toBe(0);
      const lines = out
        .trim()
        .split("\n")
        .map((each) => JSON.parse(each) as { circuits: unknown[] });
      expect(lines).toHaveLength(3);
      for (const each of lines) expect(each.circuits).toHaveLength(1);
    });

    test("hostile names cannot paint the screen", async () => {
      const { line, env } = place();
      const wild = [
        "\u001b[2J\u001b[31mred",
        "a\nb",
        "\u202egnp.exe",
        "__proto__",
        "日本 🚀",
        "x".repeat(300),
      ];
      await typed(["open", ...wild, "--by", "\u001b]0;title\u0007", "--why", "a\rb", ...line], { env });
      const { out } = await typed(["status", ...line], { env });
      // oxlint-disable-next-line no-control-regex
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(out).toContain("日本 🚀");
      expect(out.split("\n")).toHaveLength(wild.length + 4);
    });
  });

  test("colour is for terminals that want it", async () => {
    const { line } = places[0]![1]();
    await typed(["open", "payments", ...line]);
    const status = (isTerminal: boolean, env = {}) => typed(["status", ...line], { isTerminal, env });
    expect((await status(true)).out).toContain("\u001b[31mopen");
    for (const heard of [
      await status(false),
      await status(true, { NO_COLOR: "1" }),
      await status(true, { TERM: "dumb" }),
    ]) {
      expect(heard.out).not.toContain("\u001b");
    }
  });

  test("what cannot be read is shown as such, and no command for all touches it", async () => {
    const { line, prefix } = places[0]![1]();
    await redis.send("SET", keyOf(prefix, "new"), "3|whatever");
    await typed(["open", "payments", ...line]);
    expect((await typed(["status", ...line])).out).toMatch(/new +unknown \(newer\)/);
    expect((await typed(["close", "--all", ...line])).out).toBe("payments: closed\n");
    const { code, error } = await typed(["close", "new", ...line]);
    expect([code, error]).toEqual([1, expect.stringContaining("NewerRecord")]);
  });

  test.each<[what: string, line: () => string[], words: RegExp]>([
    ["nobody listens there", () => ["--redis", "redis://127.0.0.1:1"], /ECONNREFUSED/],
    [
      "the password is wrong",
      () => ["--redis", redis.url.replace("//", "//me:wrong@")],
      /WRONGPASS|RedisError/,
    ],
    ["there is no such database", () => ["--redis", `${redis.url}/99`], /RedisError|ERR/],
    ["the token is wrong", () => ["--upstash", upstash.url, "--token", "wrong"], /HTTP 401/],
  ])("%s: exit code 1, in one line, without a secret", async (_what, line, words) => {
    const { code, error } = await typed(["status", ...line()]);
    expect(code).toBe(exitCodes.noAnswer);
    expect(error).toMatch(words);
    expect(error.trim().split("\n")).toHaveLength(1);
    expect(error).not.toContain("wrong");
  });

  test("every circuit is listed and commanded, however many there are", async () => {
    const { line, prefix } = places[0]![1]();
    const names = Array.from({ length: 1201 }, (_, index) => `c${index}`);
    const record = "2|1|1|0|0|0|0:0:-1:0||";
    await Promise.all(names.map((name) => redis.send("SET", keyOf(prefix, name), record, "PX", "1000000")));
    const { code, out, error } = await typed(["open", "--all", ...line]);
    expect([code, error]).toEqual([0, ""]);
    expect(out.trim().split("\n")).toHaveLength(1201);
    expect((await typed(["status", ...line])).out).toContain("1201 open of 1,201 circuits. This look");
  });

  test("a name that an app would cut is cut in the same way", async () => {
    const { line, prefix } = places[0]![1]();
    const name = "long ".repeat(200);
    await typed(["open", name, ...line]);
    expect(await redis.send("EXISTS", keyOf(prefix, boundedName(name)))).toBe(1);
  });

  test("another database of the same server, behind a password", async () => {
    await redis.send("ACL", "SETUSER", "ops", "on", ">p@ss word", "~*", "+@all");
    const url = redis.url.replace("//", `//ops:${encodeURIComponent("p@ss word")}@`);
    await typed(["open", "payments", "--redis", `${url}/3`, "--prefix", "other"]);
    expect((await typed(["status", "--redis", `${url}/3`, "--prefix", "other"])).out).toContain("payments");
    expect((await typed(["status", "--redis", url, "--prefix", "other"])).out).not.toContain("payments");
  });

  test("the program itself, as npx would start it", async () => {
    const program = new URL("../../dist/command-line/next-protego.js", import.meta.url).pathname;
    const start = promisify(execFile);
    const { stdout } = await start(process.execPath, [
      program,
      "open",
      "payments",
      "--redis",
      redis.url,
      "--prefix",
      "bin",
    ]);
    expect(stdout).toContain("payments: open");
    const failed = await start(process.execPath, [program, "status", "--bogus"]).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 2, stdout: "" });
    // It ends by itself, whatever it has opened.
    const refused = await start(process.execPath, [program, "status", "--redis", `${redis.url}/99`]).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ code: 1 });
    const { stdout: version } = await start(process.execPath, [program, "--version"]);
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("a store that refuses, or is none", () => {
  /** Answers each command as it is told, by the words that are in it. */
  async function answering(reply: (command: string) => string): Promise<{ url: string; close(): void }> {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (data) => {
        for (const command of `${data.toString()}`.split(/^\*\d+\r\n/m).slice(1))
          socket.write(reply(command));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    return { url: `redis://127.0.0.1:${port}`, close: () => server.close() };
  }
  async function said(reply: (command: string) => string, ...line: string[]): Promise<Heard> {
    const server = await answering(reply);
    const heard = await typed([...line, "--redis", server.url]);
    server.close();
    return heard;
  }

  test.each([
    ["NOAUTH Authentication required.", "NOAUTH (it wants a password"],
    [
      "READONLY You can't write against a read only replica.",
      "READONLY (it is a replica: give the address of its primary)",
    ],
    ["LOADING Redis is loading the dataset in memory", "LOADING (it is starting"],
    ["OOM command not allowed when used memory > 'maxmemory'.", "OOM (its memory is full)"],
    ["MISCONF Redis is configured to save RDB snapshots", "MISCONF (it cannot write to its disk)"],
    [
      "NOPERM this user has no permissions to run the 'evalsha' command",
      "NOPERM (this user may not do that)",
    ],
    [
      "MOVED 3999 10.0.0.7:6381",
      "MOVED (it is one server of a cluster, and this circuit is kept by 10.0.0.7:6381)",
    ],
    ["ERR max number of clients reached", "ERR max number of clients reached"],
    ["ERR unknown command 'EVALSHA', with args beginning with: 'secret'", "ERR unknown command"],
    ["WHATEVER secret", "WHATEVER"],
  ])("%s: what it means is told, and nothing is quoted", async (reply, words) => {
    const { code, error } = await said(() => `-${reply}\r\n`, "open", "payments");
    expect([code, error]).toEqual([
      1,
      `next-protego [store-unreachable] the store refused: ${words}${
        words.includes("(it wants")
          ? ": redis://:password@host)"
          : words.includes("(it is starting")
            ? ": try again in a moment)"
            : ""
      }\n`,
    ]);
  });

  test("what is no Redis is told as that", async () => {
    const { code, error } = await said(() => "HTTP/1.1 400 Bad Request\r\n\r\n", "status");
    expect([code, error]).toEqual([1, expect.stringContaining("does not speak as Redis does")]);
  });

  test("of a cluster one server is not taken for the whole", async () => {
    const info = "# Cluster\r\ncluster_enabled:1\r\n";
    const reply = (command: string): string =>
      command.includes("INFO") ? `$${info.length}\r\n${info}\r\n` : "*2\r\n$1\r\n0\r\n*0\r\n";
    const { code, out, error } = await said(reply, "status");
    expect([code, error]).toEqual([0, expect.stringContaining("this server is one of a cluster")]);
    expect(out).toContain("No shared circuit was found. There may be more");
    const all = await said(reply, "reset", "--all");
    expect([all.code, all.error]).toEqual([1, expect.stringContaining("not all were given the command")]);
  });

  test("what was done before it failed is told, and what was not", async () => {
    const reply = (command: string): string =>
      command.includes("{b}")
        ? "-OOM command not allowed\r\n"
        : command.includes("EVALSHA")
          ? `*7\r\n${[5, 1, 1, 60_000, 1, command.includes("read") ? 0 : 1, -1].map((number) => `:${number}\r\n`).join("")}`
          : "+OK\r\n";
    const { code, out, error } = await said(reply, "open", "a", "b", "c");
    expect([code, out]).toEqual([1, "a: open\nc: open\n"]);
    expect(error).toMatch(/OOM.*\nnext-protego: not done: b\n$/);
  });

  test("one that answers drop by drop is not waited for longer than five seconds", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.write("$1000000\r\n");
      const drip = setInterval(() => socket.write("x"), 100);
      socket.on("close", () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const { code, error } = await typed(["status", "--redis", `redis://127.0.0.1:${port}`]);
    server.close();
    expect([code, error]).toEqual([1, expect.stringContaining("no answer in five seconds")]);
  });
});

test("watching goes on after a look that failed", async () => {
  const { code, out, error } = await typed(["watch", "--redis", "redis://127.0.0.1:1"], { looks: 2 });
  expect([code, out]).toEqual([0, ""]);
  expect(error.trim().split("\n")).toHaveLength(2);
});
