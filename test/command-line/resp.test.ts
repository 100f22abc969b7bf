import { expect, test } from "vitest";
import { encoded, RedisError, ReplyReader } from "../../src/command-line/resp.ts";

const wire =
  "+OK\r\n:-3\r\n$5\r\nh\u00e9lo\r\n$-1\r\n$0\r\n\r\n*3\r\n:1\r\n*1\r\n$1\r\na\r\n*-1\r\n*0\r\n-ERR no\r\n";
const replies = ["OK", -3, "h\u00e9lo", null, "", [1, ["a"], null], [], new RedisError("ERR no")];

test("replies are read in whatever pieces they come", () => {
  const bytes = Buffer.from(wire);
  for (let size = 1; size <= bytes.length; size++) {
    const reader = new ReplyReader();
    const read = [];
    for (let at = 0; at < bytes.length; at += size) read.push(...reader.push(bytes.subarray(at, at + size)));
    expect(read).toEqual(replies);
  }
});

test("what is no reply is refused", () => {
  expect(() => new ReplyReader().push(Buffer.from("HTTP/1.1 400\r\n"))).toThrow(
    "does not speak as Redis does",
  );
});

test("a command is counted in bytes", () => {
  expect(encoded(["GET", "h\u00e9"])).toBe("*2\r\n$3\r\nGET\r\n$3\r\nh\u00e9\r\n");
});

test("of an error the code is told apart from the rest", () => {
  expect(new RedisError("WRONGPASS invalid username").code).toBe("WRONGPASS");
});

test("what is sent without an end to it is not collected for ever", () => {
  const reader = new ReplyReader();
  const chunk = Buffer.alloc(16 * 1024 * 1024, "x");
  expect(() => {
    for (let sent = 0; sent < 5; sent++) reader.push(chunk);
  }).toThrow("a reply from there has no end");
});
