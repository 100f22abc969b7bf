import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Access } from "./region.ts";
import { jsonAnswer, type RestAnswer } from "./rest-answer.ts";
import type { RestRequest } from "./rest-request.ts";

/** One request on its way, as a fault gets hold of it. */
export interface Exchange {
  readonly request: RestRequest;
  /** The HTTP response, for a fault that breaks the wire itself. */
  readonly wire: ServerResponse;
  /** Does what is asked, or something else, with the token's rights, or with fewer. */
  readonly execute: (request?: RestRequest, access?: Access) => Promise<RestAnswer>;
  /** Makes Redis forget its scripts. */
  readonly flushScripts: () => Promise<void>;
}

/** Stands between a request and its execution. Answers, or with nothing takes care of the wire itself. */
export type Fault = (exchange: Exchange) => Promise<RestAnswer | undefined> | RestAnswer | undefined;

const html = (status: number): RestAnswer => ({
  status,
  body: `<!doctype html><html><head><title>${status}</title></head><body><h1>Not what you asked for</h1></body></html>`,
  headers: { "content-type": "text/html; charset=utf-8" },
});

/** Takes its time, then does what is asked. */
export const latency =
  (ms: number): Fault =>
  async ({ execute }) => {
    await pause(ms, undefined, { ref: false });
    return execute();
  };

/** Does what is asked, and takes its time to tell. */
export const lateReply =
  (ms: number): Fault =>
  async ({ execute }) => {
    const answer = await execute();
    await pause(ms, undefined, { ref: false });
    return answer;
  };

/** Never answers. */
export const hang: Fault = () => undefined;

/** Does what is asked, and never tells. */
export const hangAfter: Fault = async ({ execute }) => void (await execute());

/** The connection breaks before anything is done. */
export const dropBefore: Fault = ({ wire }) => void wire.destroy();

/** The connection breaks after all is done: the reply is lost. */
export const dropAfter: Fault = async ({ execute, wire }) => {
  await execute();
  wire.destroy();
};

/** A gateway's error page. */
export const errorPage =
  (status = 503): Fault =>
  () =>
    html(status);

/** A page where an answer should be: a captive portal, a wrong host. */
export const page: Fault = () => html(200);

/** Bytes that mean nothing, under the right content type. */
export const garbage: Fault = () => ({
  status: 200,
  body: '\u0000\u0001{]\ufffd,,"result:',
  headers: { "content-type": "application/json" },
});

/** Well-formed JSON that is no answer of this protocol. */
export const otherJson =
  (value: unknown): Fault =>
  () =>
    jsonAnswer(200, value);

/** All is done; the JSON ends in the middle, the response does not show it. */
export const cutJson: Fault = async ({ execute }) => {
  const { status, body, headers } = await execute();
  return { status, body: body.slice(0, body.length / 2), headers };
};

/** All is done; the connection breaks in the middle of the answer. */
export const partialBody: Fault = async ({ execute, wire }) => {
  const { status, body, headers } = await execute();
  wire.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  wire.write(body.slice(0, body.length / 2), () => wire.destroy());
  return undefined;
};

/** The month's commands are used up. Upstash says so with a 400; a proxy in front may say 429. */
export const quota =
  (status: 400 | 429 = 429): Fault =>
  () =>
    jsonAnswer(status, {
      error:
        "ERR max requests limit exceeded. Limit: 500000, Usage: 500000. See https://upstash.com/docs/redis/troubleshooting/max_requests_limit for details",
    });

/** The token was revoked. */
export const unauthorized: Fault = ({ execute, request }) => execute({ ...request, token: undefined });

/** The token lost its right to write. */
export const readOnly: Fault = ({ execute, request }) => execute(request, "read-only");

/** No script is ever known by its SHA-1. */
export const noScript: Fault = ({ execute, request }) =>
  execute({
    ...request,
    commands: request.commands.map(([name, ...rest]) =>
      /^evalsha/i.test(name!) ? [name!, "0".repeat(40), ...rest.slice(1)] : [name!, ...rest],
    ),
  });

/** Redis has forgotten its scripts, as after a failover: with `times: 1`, once. */
export const scriptFlush: Fault = async ({ execute, flushScripts }) => {
  await flushScripts();
  return execute();
};

/** Something on the way sends everything twice. */
export const duplicate: Fault = async ({ execute }) => {
  await execute();
  return execute();
};
