import type { Duration } from "../core/duration.ts";

/** How a command is meant. */
export interface Command {
  /** Held like this until another command. */
  forced?: boolean | undefined;
  /** Who gives it, for `circuit.changed` and the console. */
  by?: string | undefined;
}

/** How an opening is meant. */
export interface OpenCommand extends Command {
  /**
   * How long calls are refused before trials decide. A shared circuit's is no longer than the longest opening that its
   * options know: what `resetTimeout` with its back-off can come to, or `maxRetryAfter`. With `forced` it is a hold
   * that ends.
   *
   * @default the reset timeout
   */
  for?: Duration | undefined;
}

/** How a closing is meant. */
export interface CloseCommand extends Command {
  /**
   * How long it is held closed, however many calls fail; then it is an ordinary closed circuit, which has counted all
   * along. Of a shared circuit 48 hours at most.
   *
   * @default it is not held; with `forced` until another command
   */
  for?: Duration | undefined;
}
