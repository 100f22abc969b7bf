import { createHash } from "node:crypto";
import { echo, hello, redirect } from "../answers.ts";
import type { Calls, Run } from "./call.ts";

const option =
  (make: (origin: string) => object): Run =>
  (fetch, at) => {
    const url = at.page(hello);
    return fetch(url, make(new URL(url).origin));
  };

const digest = (algorithm: string, text: string): string =>
  `${algorithm}-${createHash(algorithm).update(text).digest("base64")}`;

export const fetchOptions: Calls = {
  "credentials: omit": option(() => ({ credentials: "omit" })),
  "credentials: include": option(() => ({ credentials: "include", headers: { cookie: "a=1" } })),
  "credentials: same-origin": option(() => ({ credentials: "same-origin" })),
  "mode: cors": option(() => ({ mode: "cors" })),
  "mode: no-cors": option(() => ({ mode: "no-cors" })),
  "mode: no-cors with headers it forbids": option(() => ({ mode: "no-cors", headers: { "x-own": "1" } })),
  "mode: no-cors with PUT": option(() => ({ mode: "no-cors", method: "PUT" })),
  "mode: same-origin": option(() => ({ mode: "same-origin" })),
  "cache: no-store": option(() => ({ cache: "no-store" })),
  "cache: reload": option(() => ({ cache: "reload" })),
  "cache: no-cache": option(() => ({ cache: "no-cache" })),
  "cache: force-cache": option(() => ({ cache: "force-cache" })),
  "cache: only-if-cached": option(() => ({ cache: "only-if-cached" })),
  "cache: only-if-cached, same origin": option(() => ({ cache: "only-if-cached", mode: "same-origin" })),
  "good integrity": option(() => ({ integrity: digest("sha256", "hello") })),
  "good integrity of sha512": option(() => ({ integrity: digest("sha512", "hello") })),
  "bad integrity": option(() => ({ integrity: digest("sha256", "goodbye") })),
  "one good integrity among bad ones": option(() => ({
    integrity: `${digest("sha384", "goodbye")} ${digest("sha384", "hello")}`,
  })),
  "integrity of an unknown kind": option(() => ({ integrity: "md5-xyz" })),
  "no referrer": option(() => ({ referrer: "" })),
  "the client as referrer": option(() => ({ referrer: "about:client" })),
  "a referrer of the same origin": option((origin) => ({ referrer: `${origin}/from?where#there` })),
  "a referrer of another origin": option(() => ({ referrer: "http://elsewhere.example/from" })),
  "a relative referrer": option(() => ({ referrer: "/from" })),
  ...Object.fromEntries(
    ["no-referrer", "origin", "strict-origin", "same-origin", "unsafe-url"].map((referrerPolicy) => [
      `referrerPolicy: ${referrerPolicy}`,
      option((origin) => ({ referrer: `${origin}/from?where`, referrerPolicy })),
    ]),
  ),
  "a referrer across a redirect": (fetch, at) => {
    const target = at.elsewhere(hello, "/landing");
    return fetch(at.page(redirect(302, target), "/start"), { referrer: at.page(hello, "/from?where") });
  },
  keepalive: option(() => ({ keepalive: true })),
  "keepalive with a stream": (fetch, at) =>
    fetch(at.page(echo), {
      method: "POST",
      duplex: "half",
      body: new Blob(["x"]).stream(),
      keepalive: true,
    }),
  "priority: high": option(() => ({ priority: "high" })),
  "priority: low": option(() => ({ priority: "low" })),
  "a dispatcher of the caller's that throws": option(() => ({
    dispatcher: {
      dispatch() {
        throw Object.assign(new RangeError("no way out"), { code: "OWN" });
      },
    },
  })),
};
