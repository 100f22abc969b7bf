import { howToGetPostgres, providePostgres } from "../postgres-server/provide-postgres.ts";

/**
 * Sees to it that the test of the Postgres store has its server: from Debian's packages where this machine lets us,
 * else by saying how to get one. The tests read its folder from POSTGRES_BIN_PATH.
 */
export default function postgres(): void {
  const folder = providePostgres();
  if (folder !== undefined) process.env.POSTGRES_BIN_PATH = folder;
  else console.warn(`No Postgres server: the test of a store in it is skipped. ${howToGetPostgres}`);
}
