import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack, type Packed, root, run } from "./packed.ts";

/** A consumer's file: that it infers as promised, and that what is wrong is told. */
const source = `
import { circuits, CircuitOpenError, createProtectedFetch, protect, withProtego } from "next-protego";
import type { CircuitSnapshot, ProtegoEvent } from "next-protego";
import { isCircuitOpenError } from "next-protego/errors";

export const api: typeof fetch = createProtectedFetch({ timeout: "3s", name: (request) => request.url });
export const GET = withProtego(async (request, { params }) =>
  Response.json({ url: request.url as string, id: (await params).id }),
);
export const POST = withProtego(() => new Response(null, { status: 204 }), { name: "orders" });
export const charge = protect(async (amount: number) => String(amount), { name: "billing", timeout: 5000 });
export const charged: Promise<string> = charge(1);
export const words = protect(async function* (count: number) { yield String(count); }, { name: "words" });
export const first: Promise<IteratorResult<string>> = words(3).next();
export const snapshots: CircuitSnapshot[] = circuits.snapshot();
export const state: "closed" | "open" | "half-open" | undefined = circuits.get("billing")?.state;
circuits.subscribe((event: ProtegoEvent) => {
  if (event.type === "circuit.changed") console.log(event.from, event.to);
});
export function wait(error: unknown): number | string {
  if (error instanceof CircuitOpenError) return error.retryAfter;
  return isCircuitOpenError(error) ? error.digest : 0;
}

// @ts-expect-error: no such unit
createProtectedFetch({ timeout: "10 parsecs" });
// @ts-expect-error: no such option
createProtectedFetch({ treshold: 3 });
// @ts-expect-error: an amount is a number
void charge("1");
`;

const compilers = [
  { version: "5.4", path: "typescript-5.4/bin/tsc" },
  { version: "5.9", path: "typescript-5.9/bin/tsc" },
  { version: "7", path: "typescript/bin/tsc" },
];
const resolutions = [
  { moduleResolution: "nodenext", module: "nodenext" },
  { moduleResolution: "bundler", module: "preserve" },
];
/** TypeScript 7 knows this one no longer; many projects do. */
const oldest = { moduleResolution: "node", module: "commonjs" };

let packed: Packed;
beforeAll(async () => void (packed = await pack()), 60_000);
afterAll(() => packed.remove());

/** A project with the packed package installed, beside these packages of ours. */
async function project(name: string, installed: string[]): Promise<string> {
  const folder = join(packed.folder, name);
  const target = join(folder, "node_modules/next-protego");
  await mkdir(target, { recursive: true });
  await run("tar", ["-xzf", packed.tarball, "--strip-components", "1", "-C", target]);
  await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
  await writeFile(join(folder, "consumer.ts"), source);
  await writeFile(join(folder, "consumer.cts"), source);
  for (const dependency of installed) {
    await symlink(join(root, "node_modules", dependency), join(folder, "node_modules", dependency));
  }
  return folder;
}

/** What the compiler says, library files checked too; the errors inside other people's files left out. */
async function complaints(folder: string, compiler: string, options: object): Promise<string[]> {
  const isOldest = options === oldest;
  const config = {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      target: "es2022",
      lib: ["es2022", "dom", "dom.iterable"],
      skipLibCheck: false,
      noEmit: true,
      types: [],
      ...options,
    },
    files: isOldest ? ["consumer.ts"] : ["consumer.ts", "consumer.cts"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = [join(root, "node_modules", compiler), "--pretty", "false", "-p", "."];
  const output = await run(process.execPath, tsc, { cwd: folder }).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
  const lines = output.split("\n").filter((line) => line !== "" && !line.startsWith(" "));
  return lines.filter(
    (line) => line.includes("node_modules/next-protego/") || !line.includes("node_modules/"),
  );
}

describe.each([
  { where: "with Next", installed: ["next", "react", "@types"] },
  { where: "without Next", installed: [] },
])("a strict project $where", ({ where, installed }) => {
  let folder: string;
  beforeAll(async () => void (folder = await project(where, installed)));

  describe.each(compilers)("on TypeScript $version", ({ path }) => {
    test.each(resolutions)(
      "typechecks with $moduleResolution resolution",
      async (options) => {
        expect(await complaints(folder, path, options)).toEqual([]);
      },
      60_000,
    );
  });

  test.each([oldest, { moduleResolution: "node16", module: "node16" }])(
    "typechecks with $moduleResolution resolution",
    async (options) => {
      expect(await complaints(folder, compilers[0]!.path, options)).toEqual([]);
    },
    60_000,
  );
});

/** Handlers that nobody has named, and what else is needed where Next is not. */
const unnamed = `
import { withProtego } from "next-protego";
interface Context { readonly req: { readonly routePath: string }; readonly params: { readonly id: string } }
export const framework = withProtego(async (context: Context) => new Response(context.params.id));
export const routed = withProtego((request: Request & { params: { id: string } }) => new Response(request.params.id));
export const untyped = withProtego((request) => new Response(request.url));
export const empty = withProtego(() => new Response());
export const named = withProtego((request: Request) => new Response(request.url), { name: "orders" });
export const byUrl = withProtego((request: Request, env: { KEY: string }) => new Response(env.KEY), {
  name: (request) => String(request.url),
  fallback: ({ error }) => new Response(error.message),
});
export const plain = withProtego((request: Request) => new Response(request.url));
export const worker = withProtego((request: Request, env: { KEY: string }) => new Response(env.KEY), { timeout: "3s" });
`;

describe("a handler of a plain Request, whose pattern nobody knows,", () => {
  test.each([
    { where: "with Next, which knows it,", installed: ["next", "react", "@types"], needed: [] },
    {
      where: "without Next",
      installed: [],
      needed: [/\(13,22\): error TS2554: Expected 2 arguments, but got 1/, /\(14,1\d+\): error .*name/],
    },
  ])(
    "$where is asked for a name in as many places: $needed.length",
    async ({ where, installed, needed }) => {
      const folder = await project(`unnamed ${where}`, installed);
      await writeFile(join(folder, "consumer.ts"), unnamed);
      await writeFile(join(folder, "consumer.cts"), "export {};");
      for (const { path } of compilers) {
        const told = needed.map((line) => expect.stringMatching(line) as string);
        // oxlint-disable-next-line no-await-in-loop
        expect(await complaints(folder, path, resolutions[0]!)).toEqual(told);
      }
    },
    60_000,
  );
});

test("a wrong line is told, so that silence above means something", async () => {
  const folder = await project("wrong", ["next", "react", "@types"]);
  const wrong = `import { nothing } from "next-protego"; nothing();`;
  for (const file of ["consumer.ts", "consumer.cts"]) await writeFile(join(folder, file), wrong);
  for (const { path } of compilers) {
    expect(await complaints(folder, path, resolutions[0]!)).toEqual([
      expect.stringMatching(/^consumer\.c?ts\(1,10\): error TS2305: .*'nothing'/),
      expect.stringMatching(/^consumer\.c?ts\(1,10\): error TS2305: .*'nothing'/),
    ]);
  }
}, 60_000);
