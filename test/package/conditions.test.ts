import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { bundled } from "./bundled.ts";
import { manifest, root } from "./packed.ts";

/** What the package's own files add to a bundle of one wrapper. */
async function filesOf(conditions: string[]): Promise<string[]> {
  const { metafile } = await bundled('export { createProtectedFetch } from "next-protego"', conditions);
  return Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file.replace(/^dist\//, ""));
}

const ends = ["breaker/request-end.edge.js", "runtime/background.js"];

test("in a browser nothing is shipped for requests that end before their work", async () => {
  const files = await filesOf([]);
  expect(files).toContain("breaker/guard.js");
  expect(
    files.filter((file) => /request-end\.edge|background|wait-until\.workerd|runtime\/after/.test(file)),
  ).toEqual([]);
});

test.for([
  {
    where: "workerd",
    conditions: ["workerd", "worker", "browser"],
    shipped: [...ends, "runtime/wait-until.workerd.js"],
  },
  { where: "a worker of another kind", conditions: ["worker"], shipped: ends },
  {
    where: "a worker that is bundled for Node's modules too, as Nitro does",
    conditions: ["workerd", "node", "module"],
    shipped: [...ends, "runtime/wait-until.workerd.js"],
  },
  { where: "Vercel's edge", conditions: ["edge-light"], shipped: ends },
  { where: "Next's server", conditions: ["react-server"], shipped: [...ends, "runtime/after.next.js"] },
])("$where gets what ends its calls", async ({ conditions, shipped }) => {
  expect(await filesOf(conditions)).toEqual(expect.arrayContaining(shipped));
});

const ofNext = ["http/data-cache.js", "http/deduplication.js", "http/sandboxed-hit.js"];

test.for([
  { where: "Next's server", conditions: ["react-server", "node", "module"] },
  { where: "Next's edge", conditions: ["edge-light"] },
])("$where gets what there is to know of Next's fetch", async ({ conditions }) => {
  expect(await filesOf(conditions)).toEqual(expect.arrayContaining(ofNext));
});

test.for([
  { where: "a browser", conditions: ["browser"] },
  { where: "a Worker", conditions: ["workerd", "worker"] },
])("$where, where Next never patches fetch, is shipped none of it", async ({ conditions }) => {
  expect((await filesOf(conditions)).filter((file) => ofNext.includes(file))).toEqual([]);
});
const dispatched = "http/dispatched-call.node.js";

test.for([
  { where: "Next's server, bundled for Node", conditions: ["react-server", "node"], isShipped: true },
  { where: "Next's edge", conditions: ["react-server", "edge-light", "worker"], isShipped: false },
  {
    where: "Next's edge, with Node's condition beside",
    conditions: ["edge-light", "node"],
    isShipped: false,
  },
  { where: "workerd", conditions: ["workerd", "worker", "browser"], isShipped: false },
  { where: "Nitro for workerd", conditions: ["workerd", "node", "module"], isShipped: false },
  { where: "a browser", conditions: ["browser"], isShipped: false },
])(
  "$where: what ends calls by their dispatcher is shipped: $isShipped",
  async ({ conditions, isShipped }) => {
    expect((await filesOf(conditions)).includes(dispatched)).toBe(isShipped);
  },
);

test("Node itself, without a bundler: what ends calls by their dispatcher is there", async () => {
  const parts = await readdir(`${root}dist/node`);
  const texts = await Promise.all(
    parts.filter((file) => file.endsWith(".js")).map((file) => readFile(`${root}dist/node/${file}`, "utf8")),
  );
  expect(texts.filter((text) => text.includes("undici.globalDispatcher"))).toHaveLength(1);
});

// Nitro's build for Node (Nuxt) traces from the file that its bundler's conditions lead to, copies that, and lets Node look for its own.
test.for(["production", "development"])(
  "who bundles for Node, in %s, is led to the files that Node will look for",
  async (mode) => {
    expect(await filesOf([mode, "node", "import", "module"])).toEqual(await filesOf(["node"]));
  },
);

// OpenNext bundles for workerd what Next has traced for Node and copied: another file is not there, and the build ends.
test("with OpenNext's conditions every import leads to a file that Node's lead to", async () => {
  expect(await filesOf(["workerd", "node"])).toEqual(await filesOf(["node"]));
});

test("what Node loads has what ends the calls of a worker that is made of it", async () => {
  const { code } = await bundled('export { createProtectedFetch } from "next-protego"', ["node"]);
  expect(code).toContain("WebSocketPair");
  expect(code).toContain("__nextPatched");
  expect(code).toContain("@vercel/request-context");
});

const entries = Object.entries((await manifest()).exports as Record<string, { default?: string }>)
  .filter(([, { default: file }]) => file !== undefined)
  .map(([entry, { default: file }]) => ({ entry, name: file!.replace("./dist/", "") }));

test.each(entries)(
  "$entry leads Node and whoever bundles for it to its few files, and all others to all",
  async ({ entry, name }) => {
    const { exports } = (await manifest()) as { exports: Record<string, object> };
    const file = `./dist/${name}`;
    const forNode = `./dist/node/${name}`;
    const commonJs = `./dist/commonjs/${name.replace(/js$/, "cjs")}`;
    expect(exports[entry]).toEqual({
      types: { require: commonJs.replace(/cjs$/, "d.cts"), default: file.replace(/js$/, "d.ts") },
      require: {
        "react-server": file,
        module: file,
        "module-sync": forNode,
        default: commonJs,
      },
      node: {
        "react-server": file,
        module: { workerd: file, worker: file, "edge-light": file, browser: file, default: forNode },
        default: forNode,
      },
      default: file,
    });
  },
);

test.each(entries)(
  "$entry exports the same for Node, in a few files, as for everybody else",
  async ({ name }) => {
    const [forNode, forBundlers] = await Promise.all(
      ["dist/node/", "dist/"].map((folder) => import(`${root}${folder}${name}`) as Promise<object>),
    );
    expect(Object.keys(forNode!).toSorted()).toEqual(Object.keys(forBundlers!).toSorted());
  },
);

test("plain Node finds the main entry in two files, which are quickly read", async () => {
  const { metafile } = await bundled('export * from "next-protego"', ["node"]);
  const files = Object.keys(metafile.inputs).filter((file) => file.startsWith("dist/"));
  expect(files).toEqual(files.filter((file) => file.startsWith("dist/node/")));
  expect(files.length).toBeLessThanOrEqual(2);
});

test.for([
  ["node", "react-server"],
  ["node", "module", "workerd"],
  ["node", "module", "worker"],
  ["node", "module", "edge-light"],
  ["node", "module", "browser"],
  ["workerd"],
  ["browser"],
  ["edge-light"],
])(
  "a bundler with the conditions %s is given one file for each idea, to drop what is not used",
  async (conditions) => {
    expect((await filesOf(conditions)).some((file) => file.startsWith("node/"))).toBe(false);
  },
);
