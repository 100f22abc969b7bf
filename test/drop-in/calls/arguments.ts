import { hello } from "../answers.ts";
import { Upstream } from "../upstream.ts";
import type { AnyFetch, Calls } from "./call.ts";
import { rejectionOf } from "./rejection-of.ts";

export const argumentLists: Calls = {
  "no arguments at all": (fetch) => fetch(),
  "more arguments than two": (fetch, at) => fetch(at.page(hello), { method: "POST" }, "third", 4),
  "without a this": (fetch, at) => Reflect.apply(fetch, undefined, [at.page(hello)]),
  "with another this": (fetch, at) => Reflect.apply(fetch, { mine: true }, [at.page(hello)]),
  "as a method": (fetch, at) => ({ fetch }).fetch(at.page(hello)),
  "through call, apply and bind": async (fetch, at) => {
    const url = at.page(hello);
    return [await fetch.call(null, url), await fetch.apply(7, [url]), await fetch.bind({}, url)()];
  },
  "as a callback of map, with an index as init": (fetch, at) =>
    Promise.all([at.page(hello)].map((...args) => rejectionOf((fetch as AnyFetch)(...args)))),
  "with new": (fetch, at) => Reflect.construct(fetch as never, [at.page(hello)]),
  "many at once": async (fetch, at) => {
    const url = at.page(hello);
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(url)));
    return answers.map(({ status }) => status);
  },
  "one after another over one connection": async (fetch) => {
    const fresh = await new Upstream().start();
    const ports = new Set<number | undefined>();
    const url = fresh.page((request, response) => {
      ports.add(request.socket.remotePort);
      response.end("kept alive");
    });
    const texts: string[] = [];
    for (let turn = 0; turn < 10; turn++) texts.push(await (await fetch(url)).text());
    await fresh.stop();
    return [texts, ports.size < texts.length];
  },
};
