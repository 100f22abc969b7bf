import { echo, hello } from "../answers.ts";
import type { Calls, Run } from "./call.ts";

const posting =
  (make: () => unknown): Run =>
  (fetch, at) =>
    fetch(at.page(echo), make());

const post = { method: "POST", body: "posted", headers: { "x-own": "1" } };

class WithFields {
  method = "POST";
  body = "a field";
}

class WithAccessors {
  get method(): string {
    return "POST";
  }
  get body(): string {
    return "an accessor";
  }
}

class WithSecrets {
  #method = "POST";
  get method(): string {
    return this.#method;
  }
  get body(): string {
    return `secret ${this.#method}`;
  }
}

class Child extends WithAccessors {
  headers = { "x-child": "1" };
}

/** Its members may be read once each. */
function once(): object {
  const members: Record<string, unknown> = { ...post };
  const init = {};
  for (const key of Object.keys(members)) {
    const get = (): unknown => {
      const value = members[key];
      delete members[key];
      return value;
    };
    Object.defineProperty(init, key, { get, enumerable: true });
  }
  return init;
}

export const oddInits: Calls = {
  "an init with getters": posting(() => ({
    get method(): string {
      return "POST";
    },
    get body(): string {
      return "a getter";
    },
  })),
  "an init whose members can be read once": posting(once),
  "an init that inherits its getters and can be read once": posting(() => Object.create(once())),
  "an init that inherits its members": posting(() => Object.create(post)),
  "an init that inherits some members and has others": posting(() =>
    Object.assign(Object.create(post), { body: "own" }),
  ),
  "an init without a prototype": posting(() => Object.assign(Object.create(null), post)),
  "an init of a class with fields": posting(() => new WithFields()),
  "an init of a class with accessors": posting(() => new WithAccessors()),
  "an init of a class with private members": posting(() => new WithSecrets()),
  "an init of a class that extends another": posting(() => new Child()),
  "an init whose members are not enumerable": posting(() =>
    Object.defineProperties({}, { method: { value: "POST" }, body: { value: "hidden" } }),
  ),
  "an init that is a Proxy": posting(
    () => new Proxy({}, { get: (_, key) => post[key as keyof typeof post] }),
  ),
  "an init that is a Proxy around an init": posting(() => new Proxy({ ...post }, {})),
  "an init that is a function with members": posting(() => Object.assign(() => {}, post)),
  "a frozen init": posting(() => Object.freeze({ ...post, headers: Object.freeze({ "x-own": "1" }) })),
  "a frozen init with a signal": posting(() =>
    Object.freeze({ ...post, signal: new AbortController().signal }),
  ),
  "a sealed init of a class": posting(() => Object.seal(new WithFields())),
  "an init that is a Request": (fetch, at) =>
    fetch(at.page(echo, "/target"), new Request(at.page(hello, "/other"), post)),
  "an init that is a Request with a signal": async (fetch, at) => {
    const controller = new AbortController();
    const other = new Request(at.page(hello, "/other"), { signal: controller.signal });
    return fetch(
      at.page(() => controller.abort("by the init")),
      other,
    );
  },
  "an init that is a Response": (fetch, at) =>
    fetch(at.page(hello), new Response("x", { headers: post.headers })),
  "unknown members": posting(() => ({
    ...post,
    unknown: 1,
    next: { revalidate: 5, tags: ["a"] },
    agent: null,
  })),
  "a member called __proto__": posting(() => JSON.parse('{"method":"POST","__proto__":{"body":"polluted"}}')),
  "members that are undefined": posting(() => ({
    method: undefined,
    body: undefined,
    headers: undefined,
    signal: undefined,
    redirect: undefined,
    cache: undefined,
  })),
  "members by symbol": posting(() => ({ ...post, [Symbol("mark")]: 1 })),
  "the same init for two calls": async (fetch, at) => {
    const init = { ...post };
    return [await fetch(at.page(echo, "/1"), init), await fetch(at.page(echo, "/2"), init)];
  },
  "the same init for two calls at once": async (fetch, at) => {
    const init = { ...post, signal: new AbortController().signal };
    return Promise.all([fetch(at.page(echo, "/1"), init), fetch(at.elsewhere(echo, "/2"), init)]);
  },
  "an init that changes right after the call": async (fetch, at) => {
    const init: Record<string, unknown> = { ...post };
    const answer = fetch(at.page(echo), init);
    Object.assign(init, { method: "PUT", body: "changed", signal: AbortSignal.abort() });
    return answer;
  },
};
