import { expect, test } from "vitest";
import { bundled } from "./bundled.ts";

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
  { where: "Node, of which OpenNext makes a worker", conditions: ["node"], shipped: ends },
  { where: "Vercel's edge", conditions: ["edge-light"], shipped: ends },
  { where: "Next's server", conditions: ["react-server"], shipped: [...ends, "runtime/after.next.js"] },
])("$where gets what ends its calls", async ({ conditions, shipped }) => {
  expect(await filesOf(conditions)).toEqual(expect.arrayContaining(shipped));
});

const dispatched = "http/dispatched-call.node.js";

test.for([
  { where: "Node", conditions: ["node"], isShipped: true },
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

// OpenNext bundles for workerd what Next has traced for Node and copied: another file is not there, and the build ends.
test("with OpenNext's conditions every import leads to a file that Node's lead to", async () => {
  expect(await filesOf(["workerd", "node"])).toEqual(await filesOf(["node"]));
});
