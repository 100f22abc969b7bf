import { vi } from "vitest";
import { holdsWhateverFunctionsDo } from "./hostile-run.ts";

// What browsers resolve `#request-end` to: there nothing keeps a verdict alive, or a rejection from being unhandled.
vi.mock("../../src/breaker/request-end.edge.ts", () => import("../../src/breaker/request-end.none.ts"));

holdsWhateverFunctionsDo(250);
