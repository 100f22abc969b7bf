import { afterEach, expect, test } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

afterEach(resetCircuits);

const fetch = createProtectedFetch({ fetch: async () => new Response("fine") });
const names = (): string[] => circuits.list().map(({ name }) => name);

const inputs: Array<[string, RequestInfo | URL, string]> = [
  ["a string", "https://api.example.com/products?page=2#top", "https://api.example.com"],
  ["a URL", new URL("https://api.example.com/products"), "https://api.example.com"],
  ["a Request", new Request("https://api.example.com/products"), "https://api.example.com"],
  [
    "an object that turns into a URL",
    { toString: () => "https://api.example.com/x" } as URL,
    "https://api.example.com",
  ],
  ["the default port of https", "https://api.example.com:443/", "https://api.example.com"],
  ["the default port of http", "http://api.example.com:80/", "http://api.example.com"],
  ["another port", "https://api.example.com:8443/", "https://api.example.com:8443"],
  ["capital letters", "HTTPS://API.Example.COM/Products", "https://api.example.com"],
  ["spaces around it", "  https://api.example.com/ ", "https://api.example.com"],
  [
    "user and password, which stay out of the name",
    "https://me:secret@api.example.com/",
    "https://api.example.com",
  ],
  ["letters beyond ASCII", "https://bücher.example/", "https://xn--bcher-kva.example"],
  ["an IPv4 address in other words", "http://0x7f.1/", "http://127.0.0.1"],
  ["an IPv6 address", "http://[0:0::1]:3000/", "http://[::1]:3000"],
  ["a trailing dot, which is another host", "https://api.example.com./", "https://api.example.com."],
];

test.each(inputs)("%s finds the circuit of its origin", async (_, input, origin) => {
  await fetch(input);
  expect(names()).toEqual([origin]);
});

test("http and https of one host have a circuit each, as have two ports", async () => {
  for (const url of ["http://a.test", "https://a.test", "http://a.test:81"]) await fetch(url);
  expect(names()).toEqual(["http://a.test", "https://a.test", "http://a.test:81"]);
});

test("hosts and ports that only begin alike are kept apart, in whatever order they come", async () => {
  const urls = [
    "http://a.test",
    "http://a.test.evil",
    "http://a.test:80",
    "http://a.test:8080",
    "http://a.test@b.test",
  ];
  for (const url of [...urls, ...urls.toReversed()]) await fetch(`${url}/path`);
  expect(names()).toEqual(["http://a.test", "http://a.test.evil", "http://a.test:8080", "http://b.test"]);
  expect(circuits.get("http://a.test")!.snapshot().totals.allowed).toBe(4);
  expect(circuits.get("http://b.test")!.snapshot().totals.allowed).toBe(2);
});

test("one origin that is down does not close the door to another", async () => {
  const down = createProtectedFetch({
    fetch: async (input) => new Response(null, { status: (input as string).includes("down") ? 503 : 200 }),
  });
  for (let call = 0; call < 3; call++) await down("http://down.test/");
  await expect(down("http://down.test/")).rejects.toMatchObject({ circuit: "http://down.test" });
  expect((await down("http://up.test/")).status).toBe(200);
});

test.each([
  "data:text/plain,hello",
  "blob:https://api.example.com/9115d58c-bcda-ff47-86e5-083e9a215304",
  "about:blank",
  "file:///etc/hosts",
])("%s has no upstream and no circuit; fetch itself answers", async (url) => {
  const seen: unknown[] = [];
  const inner = createProtectedFetch({
    fetch: async (...args) => {
      seen.push(...args);
      return new Response();
    },
  });
  await inner(url);
  expect(seen).toEqual([url]);
  expect(names()).toEqual([]);
});

test("a data URL and a blob URL are read by the real fetch", async () => {
  const real = createProtectedFetch();
  expect(await (await real("data:text/plain,hello")).text()).toBe("hello");
  const url = URL.createObjectURL(new Blob(["from a blob"]));
  expect(await (await real(url)).text()).toBe("from a blob");
  URL.revokeObjectURL(url);
});
