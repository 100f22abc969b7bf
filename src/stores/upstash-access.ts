import { environmentVariable, isBuildPhase } from "../runtime/environment.ts";

export interface UpstashAccess {
  readonly url: string;
  readonly token: string;
}

const variables = [
  ["UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"],
  ["KV_REST_API_URL", "KV_REST_API_TOKEN"],
] as const;

/**
 * Where the database is, from the environment.
 *
 * @throws {TypeError} naming the variable that is missing or malformed
 */
export function upstashAccess(): UpstashAccess {
  const [urlName, tokenName] = variables.find((names) => names.some(environmentVariable)) ?? variables[0];
  // An image may be built where the secrets are not: nothing is sent there.
  const placeholder = isBuildPhase() ? "https://build.invalid" : undefined;
  const url = environmentVariable(urlName) ?? placeholder;
  const token = environmentVariable(tokenName) ?? placeholder;
  if (!url) throw missing(urlName);
  if (!token) throw missing(tokenName);
  if (!/^https?:\/\/[^\s"'@]+$/.test(url)) {
    throw new TypeError(
      `next-protego [store-access] ${urlName} is no URL: expected "https://….upstash.io", without quotes, spaces or a password`,
    );
  }
  if (/[\s"']/.test(token)) {
    throw new TypeError(
      `next-protego [store-access] ${tokenName} is malformed: expected no quotes or spaces in it`,
    );
  }
  return { url, token };
}

function missing(name: string): TypeError {
  return new TypeError(
    `next-protego [store-access] upstashStore() needs ${name} in the environment, or a client: upstashStore({ redis })`,
  );
}
