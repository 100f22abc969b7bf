import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { libraryFolder } from "./folders.ts";

/** What `npx next-protego status` shows of the demo's store. */
export async function fleetInTerminal(store: Record<string, string>): Promise<string> {
  const program = join(libraryFolder, "dist/command-line/next-protego.js");
  const env = { ...process.env, ...store };
  const { stdout } = await promisify(execFile)(process.execPath, [program, "status"], { env });
  return stdout;
}
