import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { startChild } from "./children.ts";
import { appFolder } from "./folders.ts";
import { nextEnvironment, nextScript } from "./run.ts";
import { isStopping, stop } from "./stop.ts";

/** Starts the built app and reads its pages once, so that what can be cached is. Returns where it listens. */
export async function startNext(port: number, env: Record<string, string>): Promise<string> {
  const log = join(appFolder, `.next/demo-${port}.log`);
  const args = [nextScript(appFolder), "start", "--hostname", "127.0.0.1", "--port", String(port)];
  const child = startChild(process.execPath, args, appFolder, nextEnvironment(env));
  const file = createWriteStream(log);
  for (const stream of [child.stdout!, child.stderr!]) stream.pipe(file, { end: false });

  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const listening = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (listening && said.includes("Ready")) resolve(listening[0]);
    });
    child.once("exit", () => reject(new Error(`next start ended by itself; its words are in ${log}`)));
  });
  child.once("exit", () => {
    if (!isStopping()) void stop(1, `the app ended by itself; its words are in ${log}`);
  });
  for (const path of ["/catalog", "/products/stale", "/prices"]) {
    const { status } = await fetch(url + path);
    if (status !== 200) throw new Error(`${path} answered ${status}; its words are in ${log}`);
  }
  return url;
}
