import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment, run as runToItsEnd } from "../next-app/harness/run.ts";
import { run } from "../package/packed.ts";
import type { Framework } from "./frameworks.ts";

export interface RunningApp {
  readonly url: string;
  /** What its code has asked for by name: the specifiers of all its imports and requires. */
  readonly imported: () => Promise<string[]>;
  readonly stop: () => Promise<void>;
}

const apps = new URL("apps/", import.meta.url);

/** Nobody is told that these apps were built. */
const quiet = { CI: "1", ASTRO_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1" };

/** Loaded before the server: notes what is imported and required, found or not. */
const noteImports = `
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";
registerHooks({
  resolve(specifier, context, next) {
    appendFileSync("imported.txt", specifier + "\\n");
    return next(specifier, context);
  },
});
`;

/** The framework's app in a folder of its own: installed with the tarball, its types checked, built and started. */
export async function startApp(framework: Framework, tarball: string, shopUrl: string): Promise<RunningApp> {
  // Not below the repository, whose own packages would be found.
  const folder = await mkdtemp(join(tmpdir(), `next-protego-${framework.app}-`));
  try {
    await cp(new URL(framework.app, apps), folder, { recursive: true });
    await askInstead(folder, "https://shop.example.com", shopUrl);
    const flags = ["--no-audit", "--no-fund", "--no-package-lock", "--prefix", folder];
    await run("npm", ["install", ...flags, tarball], { cwd: folder, timeout: 240_000 });
    for (const [binary, ...rest] of framework.build) {
      const command = [join(folder, "node_modules", binary!), ...rest];
      const { exitCode, output } = await runToItsEnd(process.execPath, command, folder, quiet);
      if (exitCode !== 0) throw new Error(`${command.join(" ")} failed:\n${output}`);
    }
    await writeFile(join(folder, "note-imports.mjs"), noteImports);
    const port = await freePort();
    const env = { HOST: "127.0.0.1", PORT: String(port), NODE_ENV: "production" as const };
    const child = spawn(process.execPath, ["--import", "./note-imports.mjs", ...framework.start], {
      cwd: folder,
      env: { ...cleanEnvironment(), ...quiet, ...env } as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const url = `http://127.0.0.1:${port}`;
    await listens(child, `${url}/circuits`);
    return {
      url,
      imported: async () => (await readFile(join(folder, "imported.txt"), "utf8")).split("\n"),
      async stop() {
        await end(child);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The apps are what the documents show, so they name a shop that is not there. */
async function askInstead(folder: string, address: string, instead: string): Promise<void> {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!/\.(?:ts|tsx|astro)$/.test(file)) continue;
    const text = await readFile(join(folder, file), "utf8");
    if (text.includes(address)) await writeFile(join(folder, file), text.replaceAll(address, instead));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** None of these servers says in the same words that it listens, so it is asked until it answers. */
async function listens(child: ChildProcess, url: string): Promise<void> {
  let log = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (chunk) => (log += String(chunk)));
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${log}`);
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGKILL");
  await ended;
}
