import { guarded } from "./lib/guard";

export const config = { matcher: "/guarded", runtime: "nodejs" };

export const middleware = guarded;
