import { afterEach, beforeEach, vi } from "vitest";
import { holdsWhateverFunctionsDo } from "./hostile-run.ts";

// Where work may end with its request, every call has an end of its own.
beforeEach(() => void vi.stubGlobal("EdgeRuntime", "edge"));
afterEach(() => void vi.unstubAllGlobals());

holdsWhateverFunctionsDo(100);
