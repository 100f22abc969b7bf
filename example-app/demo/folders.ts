import { fileURLToPath } from "node:url";

export const appFolder = fileURLToPath(new URL("..", import.meta.url));
export const libraryFolder = fileURLToPath(new URL("../..", import.meta.url));
