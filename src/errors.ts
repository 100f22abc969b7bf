export { CircuitOpenError, isCircuitOpenError, retryAfterSeconds } from "./core/circuit-open-error.ts";
