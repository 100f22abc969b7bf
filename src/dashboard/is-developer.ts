import { isDevelopment } from "../runtime/environment.ts";

const ownNames = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const ownAddress = /^(::1|(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

/**
 * Whether a request comes from a developer on this very machine, in development. No `Request` tells who is at the other
 * end of its connection; Next writes that address into `x-forwarded-for`, unless a client has sent the header itself. So
 * every address that is told must be this machine's, and where none is told the door stays shut.
 */
export function isDeveloper({ headers }: Request): boolean {
  if (!isDevelopment()) return false;
  // A name that points to this machine may be anybody's: only its own names count.
  const hosts = listed(headers, "host", "x-forwarded-host");
  const addresses = listed(headers, "x-forwarded-for", "x-real-ip", "cf-connecting-ip");
  return (
    !headers.has("forwarded") &&
    hosts.length > 0 &&
    hosts.every((host) => ownNames.test(host)) &&
    addresses.length > 0 &&
    addresses.every((address) => ownAddress.test(address))
  );
}

function listed(headers: Headers, ...names: string[]): string[] {
  return names.flatMap((name) => headers.get(name)?.split(",") ?? []).map((value) => value.trim());
}
