import { beforeEach } from "vitest";
import { findPostgres } from "./find-postgres.ts";
import { howToGetPostgres } from "./provide-postgres.ts";

/** Skips the tests of a block, with the reason, where there is no Postgres server. Says whether there is one. */
export function needsPostgres(): boolean {
  const isThere = findPostgres() !== undefined;
  beforeEach((context) => {
    if (!isThere) context.skip(`no Postgres server. ${howToGetPostgres}`);
  });
  return isThere;
}
