import { monotonicClock } from "../runtime/clock.ts";
import { isDeveloper } from "./is-developer.ts";
import { addressOf, type WrongTokens } from "./wrong-tokens.ts";

/**
 * Who may look and steer. A string is a token: it opens as `Authorization: Bearer …`, and in browsers as the password
 * that they ask for. A function decides itself; a string that it returns names the person in the log.
 */
export type Authorize = string | ((request: Request) => boolean | string | Promise<boolean | string>);

export type Access =
  | { readonly isAdmitted: true; readonly who: string; readonly isBearer: boolean }
  | { readonly isAdmitted: false; readonly status: 401 | 403 }
  | { readonly isAdmitted: false; readonly status: 429; readonly retryAfterSeconds: number };

/** Decides about a request. Whatever goes wrong in it closes the door. */
export async function accessOf(
  request: Request,
  authorize: Authorize | undefined,
  wrongTokens: WrongTokens,
): Promise<Access> {
  const header = request.headers.get("authorization") ?? "";
  if (typeof authorize === "string") {
    const isBearer = /^bearer /i.test(header);
    const given = isBearer ? header.slice(7).trim() : passwordOf(header);
    // A browser asks without one first: that is no guess.
    if (given === undefined) return { isAdmitted: false, status: 401 };
    const address = addressOf(request);
    const now = monotonicClock.now();
    const retryAfterSeconds = wrongTokens.waitSeconds(address, now);
    if (retryAfterSeconds > 0) return { isAdmitted: false, status: 429, retryAfterSeconds };
    if (isSame(given, authorize)) return { isAdmitted: true, who: "token", isBearer };
    wrongTokens.count(address, now);
    return { isAdmitted: false, status: 401 };
  }
  try {
    const admitted = authorize ? await authorize(request) : isDeveloper(request);
    const who = typeof admitted === "string" ? admitted : authorize ? "authorized" : "developer";
    if (admitted === true || (typeof admitted === "string" && admitted !== "")) {
      return { isAdmitted: true, who, isBearer: /^bearer /i.test(header) };
    }
  } catch {
    // An authorization that fails admits nobody.
  }
  return { isAdmitted: false, status: 403 };
}

/** The password of HTTP's Basic scheme (RFC 7617): what a browser sends after asking for it. */
function passwordOf(header: string): string | undefined {
  if (!/^basic /i.test(header)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(header.slice(6)), (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes).split(":").slice(1).join(":");
  } catch {
    return undefined;
  }
}

/** Takes as long for a near miss as for a far one. */
function isSame(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length;
  for (let i = 0; i < expected.length; i++) {
    difference |= expected.charCodeAt(i) ^ (i < given.length ? given.charCodeAt(i) : 0);
  }
  return difference === 0;
}

/**
 * Whether a page of this very site sent a POST, or a program with a token. Cookies and passwords travel with a
 * forged request from another site; its origin does not lie.
 */
export function mayChange(request: Request, access: Extract<Access, { isAdmitted: true }>): boolean {
  if (access.isBearer) return true;
  const { headers } = request;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  const host = headers.get("host");
  return origin !== null && host !== null && URL.canParse(origin) && new URL(origin).host === host;
}
