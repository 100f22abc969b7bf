import { holdsWhateverFunctionsDo } from "./hostile-run.ts";

holdsWhateverFunctionsDo(250);
