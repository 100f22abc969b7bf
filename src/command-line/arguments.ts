import { parseArgs } from "node:util";
import { durationMs } from "../core/duration.ts";
import { recordLifeMs } from "../core/fleet-record.ts";
import { checkedPrefix } from "../stores/key-prefix.ts";

export const deeds = ["open", "close", "try", "reset"] as const;
export type Deed = (typeof deeds)[number];

/** What somebody has typed. */
export type Order =
  | { readonly command: "help" }
  | { readonly command: "version" }
  | ({
      readonly command: "status" | "watch";
      /** Whether an open circuit is told by the exit code. */
      readonly tellsOpen: boolean;
    } & Common)
  | ({
      readonly command: Deed;
      /** `undefined` for all. */
      readonly names: readonly string[] | undefined;
      readonly isHeld: boolean;
      readonly forMs: number;
      /** Closed, and held so for `forMs`. */
      readonly isHeldFor: boolean;
      readonly why: string | undefined;
    } & Common);

export interface Common {
  readonly redis: string | undefined;
  readonly upstash: { readonly url: string; readonly token: string } | undefined;
  readonly prefix: string;
  readonly by: string | undefined;
  readonly isJson: boolean;
  readonly everyMs: number;
}

/** What was typed makes no sense: it is said what would. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const defaultOpenMs = 60_000;

/**
 * @param env where the store is, when no option says it
 * @throws {UsageError} saying what to write instead
 */
export function orderOf(typed: readonly string[], env: Readonly<Record<string, string | undefined>>): Order {
  const { values, positionals } = parsed(typed);
  const [command = "help", ...names] = positionals;
  if (values.version) return { command: "version" };
  if (values.help || command === "help") return { command: "help" };
  if (command === "status" || command === "watch") {
    if (names.length > 0)
      throw new UsageError(`"${command}" shows all circuits: leave out ${quoted(names[0]!)}.`);
    return { command, tellsOpen: values["exit-code"] ?? false, ...commonOf(values, env) };
  }
  const deed = deeds.find((each) => each === command);
  if (!deed)
    throw new UsageError(
      `there is no command ${quoted(command)}. There are status, watch, ${deeds.join(", ")}.`,
    );
  if (values.all ? names.length > 0 : names.length === 0 || names.includes("")) {
    throw new UsageError(`"${deed}" needs the name of a circuit, or --all.`);
  }
  if (values.hold && (deed === "try" || deed === "reset")) {
    throw new UsageError(`--hold goes with open and close: "${deed}" ends a hold.`);
  }
  if (values.for !== undefined && ((deed !== "open" && deed !== "close") || values.hold)) {
    throw new UsageError(
      "--for says how long an opening lasts, or how long it is held closed: it goes with open and close, without --hold.",
    );
  }
  const forMs = duration("--for", values.for, defaultOpenMs);
  if (forMs > recordLifeMs) {
    throw new UsageError(
      `--for: ${deed === "close" ? "held closed" : "open"} for 48h at most; for longer, --hold.`,
    );
  }
  return {
    command: deed,
    names: values.all ? undefined : names,
    isHeld: values.hold ?? false,
    forMs,
    isHeldFor: deed === "close" && values.for !== undefined,
    why: values.why,
    ...commonOf(values, env),
  };
}

function commonOf(
  values: ReturnType<typeof parsed>["values"],
  env: Readonly<Record<string, string | undefined>>,
): Common {
  const upstashUrl = values.upstash ?? env["UPSTASH_REDIS_REST_URL"] ?? env["KV_REST_API_URL"];
  const token = values.token ?? env["UPSTASH_REDIS_REST_TOKEN"] ?? env["KV_REST_API_TOKEN"];
  if (values.redis !== undefined && values.upstash !== undefined) {
    throw new UsageError("--redis and --upstash are two stores: give one.");
  }
  const isRedis =
    values.redis !== undefined ||
    (values.upstash === undefined && env["REDIS_URL"] !== undefined && !upstashUrl);
  const redis = isRedis ? (values.redis ?? env["REDIS_URL"]) : undefined;
  if (redis === undefined && !upstashUrl) {
    throw new UsageError(
      "where is the store? Give --redis <url>, or --upstash <url> --token <token>, or UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN in the environment.",
    );
  }
  if (redis === undefined && !token)
    throw new UsageError("--upstash needs --token, or UPSTASH_REDIS_REST_TOKEN.");
  // Were it sent, the error would quote it.
  if (redis === undefined && !/^[\x21-\x7e]+$/.test(token!)) {
    throw new UsageError("the token of --upstash is malformed: expected no spaces in it.");
  }
  if (redis === undefined && !/^https?:\/\/[^\s"'@]+$/.test(upstashUrl!)) {
    throw new UsageError(
      '--upstash is no URL: expected "https://….upstash.io", without quotes, spaces or a password.',
    );
  }
  return {
    redis,
    upstash: redis === undefined ? { url: upstashUrl!, token: token! } : undefined,
    prefix: prefixOf(values.prefix),
    by: values.by ?? env["USER"] ?? env["LOGNAME"],
    isJson: values.json ?? false,
    everyMs: Math.max(1000, duration("--every", values.every, 2000)),
  };
}

function prefixOf(given: string | undefined): string {
  try {
    return checkedPrefix(given);
  } catch {
    throw new UsageError(`--prefix ${quoted(given!)}: expected 1 to 64 letters, digits, or any of _ : . -`);
  }
}

function duration(option: string, given: string | undefined, byDefault: number): number {
  if (given === undefined) return byDefault;
  const ms = safely(() => durationMs(/^\d+$/.test(given) ? Number(given) : given));
  if (ms !== undefined && ms > 0 && ms < Infinity) return ms;
  throw new UsageError(`${option} ${quoted(given)}: expected a duration such as "30s" or "10m".`);
}

function safely<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function parsed(typed: readonly string[]) {
  try {
    return parseArgs({
      args: [...typed],
      allowPositionals: true,
      options: {
        redis: { type: "string" },
        upstash: { type: "string" },
        token: { type: "string" },
        prefix: { type: "string" },
        by: { type: "string" },
        why: { type: "string" },
        for: { type: "string" },
        every: { type: "string" },
        hold: { type: "boolean" },
        all: { type: "boolean" },
        json: { type: "boolean" },
        "exit-code": { type: "boolean" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split(". To specify")[0]!);
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
