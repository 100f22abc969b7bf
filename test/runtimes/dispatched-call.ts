import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createProtectedFetch } from "next-protego";

export type Seen = Record<string, unknown>;

/** What becomes of calls that time out in this Node, and how many signals the package makes for them. */
export async function run(): Promise<Seen> {
  let signals = 0;
  const Own = AbortController;
  globalThis.AbortController = class extends Own {
    constructor() {
      super();
      if (/next-protego|[\\/]dist[\\/]/.test(new Error().stack!.split("\n")[2]!)) signals++;
    }
  };
  let answer: (path: string, response: ServerResponse) => void = (_, response) => response.end("fine");
  const server = createServer((request, response) => answer(request.url!, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await (await fetch(origin)).text(); // the first fetch of a process makes its dispatcher

  const seen: Seen = {};
  const timesOut = async (what: string, path: string, init?: RequestInit): Promise<void> => {
    const name = `timed out: ${what}`;
    const protectedFetch = createProtectedFetch({ name, timeout: 500 });
    const closed = new Promise<boolean>((resolve) => {
      answer = (asked, response) => {
        if (asked === "/moved") response.writeHead(307, { location: "/hangs" }).end();
        else response.socket!.once("close", () => resolve(true));
      };
    });
    const error = await protectedFetch(origin + path, init).then(
      () => new Error("answered"),
      (thrown: Error) => thrown,
    );
    seen[what] = {
      error: error.name,
      told: error.message.includes(name),
      closed: await Promise.race([
        closed,
        new Promise((resolve) => setTimeout(resolve, 5000, "the request was left behind").unref()),
      ]),
    };
  };
  await timesOut("hangs", "/");
  await timesOut("hangs after a redirect", "/moved");
  await timesOut("has sent its body", "/", { method: "POST", body: "all of it" });
  await timesOut("has sent half of its body", "/", {
    method: "POST",
    body: new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(8)) }),
    duplex: "half",
  } as RequestInit);
  answer = (path, response) => response.end(path);
  const patient = createProtectedFetch({ name: "answered" });
  seen["is answered"] = await (await patient(`${origin}/answer`)).text();
  seen["signals"] = signals;
  await patient(new Request(origin));
  seen["signals with a Request"] = signals;
  return seen;
}
