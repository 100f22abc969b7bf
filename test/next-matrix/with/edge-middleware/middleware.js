import { guarded } from "./lib/guard";

export const config = { matcher: "/guarded" };

export const middleware = guarded;
