import { startUpstream } from "./server.ts";

const { url } = await startUpstream(Number(process.env["UPSTREAM_PORT"] ?? 4000));
console.log(`the shop API listens on ${url}`);
