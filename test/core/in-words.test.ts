import { expect, test } from "vitest";
import { inWords } from "../../src/core/in-words.ts";
import { gistOf } from "../../src/core/failure-gist.ts";
import { failureKind } from "../../src/core/failure-kind.ts";

const none = "an error without text";
const throwing = (key: string): Error =>
  Object.defineProperty(new Error("no"), key, { get: () => JSON.parse("{") as never });
const named = (name: unknown): Error => Object.assign(new Error("no"), { name });
class CardDeclined extends Error {}
const wrapped = new TypeError("fetch failed", {
  cause: Object.assign(new Error("dns"), { code: "ENOTFOUND" }),
});

const thrownThings: ReadonlyArray<[what: string, thrown: unknown, words: string, kind: string]> = [
  ["an error", new RangeError("too far"), "RangeError: too far", "RangeError"],
  ["a string", "HTTP 503", "HTTP 503", "HTTP 503"],
  ["a string that is no status", "token=secret", "token=secret", "Error"],
  ["nothing", undefined, "undefined", "Error"],
  ["an empty string", "", none, "Error"],
  ["a symbol", Symbol("why"), "Symbol(why)", "Error"],
  ["an object without a prototype", Object.create(null), none, "Error"],
  ["an error whose name is a symbol", named(Symbol("name")), "no", "Error"],
  ["an error whose message throws", throwing("message"), none, "Error"],
  ["an error whose name throws", throwing("name"), none, "Error"],
  ["an error whose code throws", throwing("code"), "Error: no", "Error"],
  ["an error without a message", new RangeError(), "RangeError", "RangeError"],
  ["a class of one's own", new CardDeclined("no"), "Error: no", "CardDeclined"],
  ["an error with a code", Object.assign(new Error("no"), { code: "ECONNRESET" }), "Error: no", "ECONNRESET"],
  ["a wrapped code", wrapped, "TypeError: fetch failed", "ENOTFOUND"],
  ["a code in words", Object.assign(new Error("no"), { code: "my secret" }), "Error: no", "Error"],
  ["a name in words", named("secret=1 and more"), "secret=1 and more: no", "secret"],
];

test.each(thrownThings)("%s is told in words, and by its kind", (_what, thrown, words, kind) => {
  expect(inWords(thrown)).toBe(words);
  expect(failureKind(thrown)).toBe(kind);
});

test("what is kept of a failure tells the same, and holds nothing of the call that failed", () => {
  for (const [, thrown, words, kind] of thrownThings) {
    if (thrown === undefined) continue; // no failure
    const gist = gistOf(thrown);
    expect([inWords(gist), failureKind(gist)]).toEqual([words, kind]);
  }
  const response = { status: 402, data: "a card's number" };
  const error = Object.assign(new CardDeclined("no", { cause: { code: "ECARD", response } }), { response });
  expect(JSON.stringify(gistOf(error))).toBe('{"name":"Error","message":"no","cause":{"code":"ECARD"}}');
});

test("a revoked proxy and one that throws at everything are told too", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const wild = new Proxy(new Error("no"), {
    get: () => {
      throw new Error("trap");
    },
    getPrototypeOf: () => {
      throw new Error("trap");
    },
  });
  for (const thrown of [proxy, wild]) {
    expect(inWords(thrown)).toBe(none);
    expect(failureKind(thrown)).toBe("Error");
  }
});
