import { echo, hello, reply } from "../answers.ts";
import type { Calls } from "./call.ts";

export const methods: Calls = {
  "a plain GET": (fetch, at) => fetch(at.page(hello)),
  "GET, said": (fetch, at) => fetch(at.page(hello), { method: "GET" }),
  HEAD: (fetch, at) => fetch(at.page(reply(200, { "x-it": "yes" })), { method: "HEAD" }),
  "HEAD with a content-length": (fetch, at) =>
    fetch(at.page(reply(200, { "content-length": "12345" })), { method: "HEAD" }),
  "POST without a body": (fetch, at) => fetch(at.page(echo), { method: "POST" }),
  "POST with a body": (fetch, at) => fetch(at.page(echo), { method: "POST", body: "posted" }),
  PUT: (fetch, at) => fetch(at.page(echo), { method: "PUT", body: "put" }),
  PATCH: (fetch, at) => fetch(at.page(echo), { method: "PATCH", body: "patched" }),
  DELETE: (fetch, at) => fetch(at.page(echo), { method: "DELETE" }),
  "DELETE with a body": (fetch, at) => fetch(at.page(echo), { method: "DELETE", body: "deleted" }),
  OPTIONS: (fetch, at) => fetch(at.page(reply(204, { allow: "GET, POST" })), { method: "OPTIONS" }),
  "OPTIONS with a body": (fetch, at) => fetch(at.page(echo), { method: "OPTIONS", body: "what?" }),
  "a method of WebDAV": (fetch, at) => fetch(at.page(echo), { method: "PROPFIND", body: "<propfind/>" }),
  "a method that nobody knows": (fetch, at) => fetch(at.page(echo), { method: "BREW" }),
  "a lower case post, which becomes POST": (fetch, at) =>
    fetch(at.page(echo), { method: "post", body: "posted" }),
  "a lower case patch, which stays as it is": (fetch, at) =>
    fetch(at.page(echo), { method: "patch", body: "patched" }),
  "a lower case method that nobody knows": (fetch, at) => fetch(at.page(echo), { method: "brew" }),
  "a method that is an object with toString": (fetch, at) =>
    fetch(at.page(echo), { method: { toString: () => "PUT" }, body: "put" }),
  "a method that is undefined": (fetch, at) => fetch(at.page(hello), { method: undefined }),
};
