/** A framework whose recipe `docs/runtimes.md` shows: the app of that name in `apps` is the recipe, with what an app needs around it. */
export interface Framework {
  readonly name: string;
  /** The app's folder, and what the document's code blocks say behind `ts`. */
  readonly app: string;
  /** The package of `app`'s dependencies whose version counts. */
  readonly package: string;
  /** Whether the document shows some of it: not where a wrapped handler stands as in another recipe. */
  readonly isShown?: false;
  /** Commands that check its types and build it: a file of `node_modules`, and what follows. */
  readonly build: ReadonlyArray<readonly string[]>;
  /** Its server of production. Each listens where `HOST` and `PORT` say. */
  readonly start: readonly string[];
  /** How this framework writes the pattern of the route. */
  readonly circuit: string;
  /** The circuit of its page, where that is a wrapped handler, too. */
  readonly pageCircuit?: string;
  readonly redirects: 302 | 303 | 307;
  /** Whether its page can hand on when to come back. */
  readonly pageTellsWhen: boolean;
}

const types = ["typescript/bin/tsc", "-p", "."];

export const frameworks: readonly Framework[] = [
  {
    name: "SvelteKit",
    app: "sveltekit",
    package: "@sveltejs/kit",
    build: [["@sveltejs/kit/svelte-kit.js", "sync"], types, ["vite/bin/vite.js", "build"]],
    start: ["build/index.js"],
    circuit: "GET /products/[id]",
    redirects: 303,
    pageTellsWhen: true,
  },
  {
    name: "React Router",
    app: "react-router",
    package: "react-router",
    build: [["@react-router/dev/bin.cjs", "typegen"], types, ["@react-router/dev/bin.cjs", "build"]],
    start: ["node_modules/@react-router/serve/bin.cjs", "build/server/index.js"],
    circuit: "GET /products/:id",
    redirects: 302,
    pageTellsWhen: true,
  },
  {
    name: "React Router RSC",
    app: "react-router-rsc",
    package: "react-router",
    build: [["@react-router/dev/bin.cjs", "typegen"], types, ["@react-router/dev/bin.cjs", "build"]],
    start: ["node_modules/@react-router/serve/bin.cjs", "build/server/index.js"],
    circuit: "GET /products/:id",
    redirects: 302,
    pageTellsWhen: false,
  },
  {
    name: "React Router RSC in data mode",
    app: "react-router-rsc-data",
    isShown: false,
    package: "react-router",
    build: [types, ["vite/bin/vite.js", "build"]],
    start: ["server.mjs"],
    circuit: "GET /products/:id",
    redirects: 302,
    pageTellsWhen: false,
  },
  {
    name: "TanStack Start",
    app: "tanstack-start",
    package: "@tanstack/react-start",
    build: [["vite/bin/vite.js", "build"], types],
    start: ["server.mjs"],
    circuit: "GET /products/[id]",
    redirects: 307,
    pageTellsWhen: true,
  },
  {
    name: "Astro",
    app: "astro",
    package: "astro",
    build: [["astro/bin/astro.mjs", "sync"], types, ["astro/bin/astro.mjs", "build"]],
    start: ["dist/server/entry.mjs"],
    circuit: "GET /products/[id]",
    redirects: 302,
    pageTellsWhen: true,
  },
  {
    name: "Nuxt",
    app: "nuxt",
    package: "nuxt",
    build: [["nuxt/bin/nuxt.mjs", "prepare"], types, ["nuxt/bin/nuxt.mjs", "build"]],
    start: [".output/server/index.mjs"],
    circuit: "GET /products/:id",
    redirects: 302,
    pageTellsWhen: false,
  },
  {
    name: "SolidStart",
    app: "solidstart",
    package: "@solidjs/start",
    isShown: false,
    build: [types, ["vite/bin/vite.js", "build"]],
    start: ["server.mjs"],
    circuit: "GET /products/[id]",
    pageCircuit: "GET /shelf/[id]",
    redirects: 302,
    pageTellsWhen: true,
  },
  {
    name: "Nitro",
    app: "nitro",
    package: "nitro",
    isShown: false,
    build: [types, ["nitro/dist/cli/index.mjs", "build"]],
    start: [".output/server/index.mjs"],
    circuit: "GET /products/:id",
    pageCircuit: "GET /shelf/:id",
    redirects: 302,
    pageTellsWhen: true,
  },
  {
    name: "h3",
    app: "h3",
    package: "h3",
    isShown: false,
    build: [types],
    start: ["dist/server.js"],
    circuit: "GET /products/:id",
    pageCircuit: "GET /shelf/:id",
    redirects: 302,
    pageTellsWhen: true,
  },
  {
    name: "Elysia",
    app: "elysia",
    package: "elysia",
    isShown: false,
    build: [types],
    start: ["dist/server.js"],
    circuit: "GET /products/:id",
    pageCircuit: "GET /shelf/:id",
    redirects: 302,
    pageTellsWhen: true,
  },
  {
    name: "Fastify",
    app: "fastify",
    package: "fastify",
    isShown: false,
    build: [types],
    start: ["dist/server.js"],
    circuit: "GET /products/[id]",
    pageCircuit: "GET /shelf/[id]",
    redirects: 302,
    pageTellsWhen: true,
  },
  {
    name: "NestJS",
    app: "nest",
    package: "@nestjs/core",
    isShown: false,
    build: [types],
    start: ["dist/server.js"],
    circuit: "products",
    redirects: 302,
    pageTellsWhen: true,
  },
];
