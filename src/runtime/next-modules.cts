/**
 * What is needed of Next's own modules. The one CommonJS file, for its `require` in a `try`: who bundles with the `react-server`
 * condition need not have Next (Waku, React Router, Parcel), and every bundler takes a module that is missing there for what it
 * is, optional. An `import` would end the build.
 */
declare function require(path: string): Record<string, unknown>;

/** Where Next keeps what it is doing around a call. The path is undocumented; tests pin it. */
let scopes: Record<string, unknown> = {};
try {
  scopes = require("next/dist/server/app-render/work-unit-async-storage.external.js");
} catch {
  // No Next.
}

/** Next's `after`. Next 15.0 has the module, without it. */
let tasks: Record<string, unknown> = {};
try {
  tasks = require("next/dist/server/after/after.js");
} catch {
  // No Next.
}

/** @ts-ignore: not erasable, and what CommonJS is made of. */
export = { scopes, tasks };
