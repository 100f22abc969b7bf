export { instrumentCircuits } from "./telemetry/instrument-circuits.ts";

export type { InstrumentOptions } from "./telemetry/instrument-circuits.ts";
