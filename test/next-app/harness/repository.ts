import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../../../", import.meta.url));
export const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
/** Ignored by git: fixtures are built here, below the repository, so that its `next` and `react` are found. */
export const workFolder = fileURLToPath(new URL("../../.work/", import.meta.url));
export const nextBinary = fileURLToPath(new URL("../../../node_modules/next/dist/bin/next", import.meta.url));
