import type { Store } from "../core/store.ts";
import { argumentsOf, keyOf, replyOf } from "./redis-command.ts";
import { listRecords, noteCommand, type PlainCommands } from "./redis-listing.ts";

/** What a Redis client must do: run a script by its SHA-1, or by its text. */
export interface ScriptRunner {
  runBySha(sha: string, keys: string[], args: string[]): Promise<unknown>;
  runByText(script: string, keys: string[], args: string[]): Promise<unknown>;
  /** What people's looks need beside the script, where the client can do it. */
  readonly plain?: PlainCommands | undefined;
}

export interface Script {
  readonly text: string;
  /** SHA-1 of the text, in hexadecimal. */
  readonly sha: string;
}

/** The step by one script, sent by its SHA-1, and by its text to a server that does not know it yet. */
export function scriptStore(runner: ScriptRunner, script: Script, prefix: string): Store {
  const { plain } = runner;
  return {
    ...(plain && {
      list: (most) => listRecords(plain, prefix, most),
      async note(note) {
        await plain.send([noteCommand(prefix, note)]);
      },
    }),
    async step(circuit, request) {
      const keys = [keyOf(prefix, circuit)];
      const args = argumentsOf(request);
      try {
        return replyOf(await runner.runBySha(script.sha, keys, args));
      } catch (error) {
        if (!/NOSCRIPT/.test((error as Error | undefined)?.message ?? "")) throw error;
        return replyOf(await runner.runByText(script.text, keys, args));
      }
    },
  };
}
