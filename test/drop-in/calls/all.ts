import { aborts } from "./aborts.ts";
import { argumentLists } from "./arguments.ts";
import { badInits } from "./bad-inits.ts";
import { badUrls } from "./bad-urls.ts";
import { bodies } from "./bodies.ts";
import { brokenConnections } from "./broken-connections.ts";
import type { Run } from "./call.ts";
import { compression } from "./compression.ts";
import { fetchOptions } from "./fetch-options.ts";
import { headers } from "./headers.ts";
import { methods } from "./methods.ts";
import { oddInits } from "./odd-inits.ts";
import { readings } from "./reading.ts";
import { redirects } from "./redirects.ts";
import { requestInputs } from "./request-inputs.ts";
import { responseStreams } from "./response-streams.ts";
import { statuses } from "./statuses.ts";
import { streamedBodies } from "./streamed-bodies.ts";
import { urlInputs } from "./url-inputs.ts";

export interface NamedCall {
  readonly subject: string;
  readonly name: string;
  readonly run: Run;
}

const subjects = {
  methods,
  bodies,
  "streamed bodies": streamedBodies,
  "Request inputs": requestInputs,
  "URL inputs": urlInputs,
  redirects,
  headers,
  statuses,
  compression,
  reading: readings,
  "response streams": responseStreams,
  aborts,
  "bad URLs": badUrls,
  "bad inits": badInits,
  "odd inits": oddInits,
  arguments: argumentLists,
  "fetch's options": fetchOptions,
  "broken connections": brokenConnections,
};

export const allCalls: readonly NamedCall[] = Object.entries(subjects).flatMap(([subject, calls]) =>
  Object.entries(calls).map(([name, run]) => ({ subject, name, run })),
);
