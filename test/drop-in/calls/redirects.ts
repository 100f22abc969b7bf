import { echo, hello, redirect, reply } from "../answers.ts";
import type { Calls, Run } from "./call.ts";

const statuses = [301, 302, 303, 307, 308];

const each = (title: (status: number) => string, run: (status: number) => Run): Calls =>
  Object.fromEntries(statuses.map((status) => [title(status), run(status)]));

export const redirects: Calls = {
  ...each(
    (status) => `${status} followed`,
    (status) => (fetch, at) => {
      at.page(hello, "/landing");
      return fetch(at.page(redirect(status, "/landing"), "/start"));
    },
  ),
  ...each(
    (status) => `${status} by hand`,
    (status) => (fetch, at) => fetch(at.page(redirect(status, "/landing")), { redirect: "manual" }),
  ),
  ...each(
    (status) => `${status} as an error`,
    (status) => (fetch, at) => fetch(at.page(redirect(status, "/landing")), { redirect: "error" }),
  ),
  ...each(
    (status) => `${status} after POST`,
    (status) => (fetch, at) => {
      at.page(echo, "/landing");
      return fetch(at.page(redirect(status, "/landing"), "/start"), { method: "POST", body: "carried" });
    },
  ),
  "307 after POST with a stream": (fetch, at) => {
    at.page(echo, "/landing");
    const body = new Blob(["streamed"]).stream();
    return fetch(at.page(redirect(307, "/landing"), "/start"), { method: "POST", body, duplex: "half" });
  },
  "300, which is no redirect": (fetch, at) => fetch(at.page(redirect(300, "/landing"))),
  "a relative Location": (fetch, at) => {
    at.page(hello, "/deep/landing");
    return fetch(at.page(redirect(302, "landing?x=1"), "/deep/start"));
  },
  "a Location with ümlauts": (fetch, at) => fetch(at.page(redirect(302, "/l%C3%A4nding%20here"), "/start")),
  "a redirect to another origin, which drops Authorization": (fetch, at) => {
    const target = at.elsewhere(echo, "/landing");
    const headers = { authorization: "Bearer secret", cookie: "a=1", "x-kept": "yes" };
    return fetch(at.page(redirect(302, target), "/start"), { headers });
  },
  "several redirects": (fetch, at) => {
    for (const step of [1, 2, 3]) at.page(redirect(302, `/${step + 1}`), `/${step}`);
    at.page(hello, "/4");
    return fetch(at.page(redirect(301, "/1"), "/0"));
  },
  "a redirect to an error status": (fetch, at) => {
    at.page(reply(404, {}, "nothing"), "/landing");
    return fetch(at.page(redirect(302, "/landing"), "/start"));
  },
  "a loop": (fetch, at) => fetch(at.page(redirect(302, "/loop"), "/loop")),
  "too many redirects": (fetch, at) => {
    for (let step = 1; step <= 30; step++) at.page(redirect(302, `/${step + 1}`), `/${step}`);
    return fetch(at.page(redirect(302, "/1"), "/0"));
  },
  "a redirect without Location": (fetch, at) => fetch(at.page(reply(302, {}, "where to?"))),
  "a redirect to a malformed URL": (fetch, at) => fetch(at.page(redirect(302, "http://a b/"))),
  "a redirect to another scheme": (fetch, at) => fetch(at.page(redirect(302, "ftp://127.0.0.1/"))),
  "a redirect to a data: URL": (fetch, at) => fetch(at.page(redirect(302, "data:,hello"))),
  "a redirect to a refused port": (fetch, at) => fetch(at.page(redirect(302, at.refused))),
  "a redirect to a bad port": (fetch, at) => fetch(at.page(redirect(302, "http://127.0.0.1:1/"))),
  "a redirect with credentials in its URL": (fetch, at) => {
    const target = at.elsewhere(hello, "/landing").replace("http://", "http://user:secret@");
    return fetch(at.page(redirect(302, target), "/start"));
  },
  "a redirect that sets a cookie": (fetch, at) => {
    at.page(hello, "/landing");
    const answer = reply(302, { location: "/landing", "set-cookie": "a=1" });
    return fetch(at.page(answer, "/start"));
  },
  "a body on a redirect by hand": (fetch, at) =>
    fetch(at.page(reply(302, { location: "/x", "x-more": "1" }, "see there")), { redirect: "manual" }),
};
