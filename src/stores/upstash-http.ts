import { storeError } from "../core/store.ts";
import { outsideRender } from "../runtime/background.ts";
import { sharesWork } from "../runtime/environment.ts";
import type { ScriptRunner } from "./script-store.ts";
import type { UpstashAccess } from "./upstash-access.ts";

/** A reply is six numbers, an error one line. What is longer is none of a database's. */
const longestReply = 8192;
/** A look at all records is longer: a thousand of them are. */
const longestListing = 4_194_304;

/**
 * Runs scripts over the REST interface of Upstash: each in a request of its own, sent once, given up after the
 * time. A redirect would carry the script to somebody else, who would be believed, so none is followed; a reply
 * without end is left at its first kilobytes. No error of ours holds the token, the address or the script.
 */
export function upstashHttp({ url, token }: UpstashAccess, storeTimeoutMs: number): ScriptRunner {
  const post = (to: string, body: unknown, longest: number): Promise<Answer> =>
    outsideRender(async () => {
      const response = await fetch(to, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
        // Not "error": workerd does not know it.
        redirect: "manual",
        signal: AbortSignal.timeout(storeTimeoutMs),
        // Of no use to a POST in workerd, which refuses it where its date is old.
        ...(sharesWork() && { cache: "no-store" }),
      });
      return { status: response.status, text: await boundedText(response, longest) };
    });
  const run = async (...command: string[]): Promise<unknown> => {
    const { status, text } = await post(url, command, longestReply);
    return resultIn(status, parsed(text));
  };
  return {
    runBySha: (sha, keys, args) => run("EVALSHA", sha, String(keys.length), ...keys, ...args),
    runByText: (script, keys, args) => run("EVAL", script, String(keys.length), ...keys, ...args),
    plain: {
      async send(commands) {
        const { status, text } = await post(`${url.replace(/\/$/, "")}/pipeline`, commands, longestListing);
        const answers = parsed(text);
        if (!Array.isArray(answers)) return [resultIn(status, answers)];
        return answers.map((each) => resultIn(status, Object(each) as Result));
      },
    },
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Result {
  readonly result?: unknown;
  readonly error?: unknown;
}

function resultIn(status: number, { result, error }: Result): unknown {
  if (status === 200 && error === undefined) return result;
  // Of an error only its code: what follows quotes the command.
  const code = typeof error === "string" ? (/^[A-Z]{2,20}\b/.exec(error)?.[0] ?? "") : "";
  throw storeError(`HTTP ${status} ${code}`.trim(), `the database refused: HTTP ${status} ${code}`.trim());
}

function parsed(text: string): Result {
  try {
    return Object(JSON.parse(text)) as Result;
  } catch {
    return {};
  }
}

async function boundedText({ body }: Response, longest: number): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    if (text.length <= longest) continue;
    // Nobody waits until the other side has understood.
    void reader.cancel().catch(() => {});
    throw storeError("UnreadableReply", "the database's reply has no end");
  }
}
