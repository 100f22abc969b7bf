import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fixtures, nextBinary, repository, workFolder } from "./repository.ts";
import { type Finished, run } from "./run.ts";

/** A copy of a fixture app with the packed package really inside its `node_modules`, as a user has it. */
export async function prepareFixture(fixture: string, copy: string = fixture): Promise<string> {
  const folder = join(workFolder, "next", copy);
  const installed = join(folder, "node_modules", "next-protego");
  await rm(folder, { recursive: true, force: true });
  await cp(join(fixtures, fixture), folder, { recursive: true });
  await mkdir(installed, { recursive: true });
  await must(
    run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", installed], repository),
  );
  const tarball = (await readdir(installed)).find((file) => file.endsWith(".tgz"));
  await must(
    run("tar", ["-xzf", join(installed, tarball!), "--strip-components=1", "-C", installed], folder),
  );
  return folder;
}

async function must(finished: Promise<Finished>): Promise<void> {
  const { exitCode, output } = await finished;
  if (exitCode !== 0) throw new Error(output);
}

export interface Route {
  /** `○` static, `●` static with params, `◐` partly static, `ƒ` dynamic. */
  mark: string;
  revalidate: string | undefined;
}

export interface Build extends Finished {
  routes: Map<string, Route>;
}

/** `next build`, with its table of routes read. */
export async function buildFixture(folder: string, env: Partial<NodeJS.ProcessEnv>): Promise<Build> {
  const finished = await run(process.execPath, [nextBinary, "build"], folder, {
    ...env,
    FIXTURE_ROOT: repository,
  });
  return { ...finished, routes: routesOf(finished.output) };
}

function routesOf(output: string): Map<string, Route> {
  const routes = new Map<string, Route>();
  for (const line of output.split("\n")) {
    const [, mark, path, revalidate] =
      /^\s*[┌├└] ([○●◐ƒ]) (\S+)(?: \(\d+ ms\))?(?: +(\S+))?/.exec(line) ?? [];
    if (mark && path) routes.set(path, { mark, revalidate });
  }
  return routes;
}
