import type { RedisError } from "./resp.ts";

const meanings: Readonly<Record<string, string>> = {
  NOAUTH: "it wants a password: redis://:password@host",
  WRONGPASS: "no such user, or not its password",
  NOPERM: "this user may not do that",
  READONLY: "it is a replica: give the address of its primary",
  MASTERDOWN: "it is a replica, and has lost its primary",
  LOADING: "it is starting: try again in a moment",
  OOM: "its memory is full",
  MISCONF: "it cannot write to its disk",
  CLUSTERDOWN: "its cluster is down, or has no server for this circuit",
};

/** What the store says no with, and what that means. Its own words quote the command: only what comes before is told. */
export function refusalInWords({ code, message }: RedisError): string {
  const meaning = meanings[code];
  if (meaning) return `${code} (${meaning})`;
  const there = /^(?:MOVED|ASK) \d+ ([\w.:[\]-]+)/.exec(message)?.[1];
  if (there) return `${code} (it is one server of a cluster, and this circuit is kept by ${there})`;
  return code === "ERR" ? /^[^'"`,]{1,120}/.exec(message)![0].trim() : code;
}
