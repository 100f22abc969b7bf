import { expect, test } from "vitest";
import { command, get, type Row, type Version } from "./row.ts";

export function beforeAPage({ extras }: Version, row: () => Row): void {
  if (extras.includes("edge-middleware")) onTheEdge(row);
  else onNode(row);
}

function onNode(row: () => Row): void {
  test("proxyGuard on Node answers 503 before the page renders", async () => {
    await command(row(), "guarded", "close");
    expect((await get(row(), "/guarded")).status).toBe(200);
    await command(row(), "guarded", "open");
    const refused = await get(row(), "/guarded");
    expect([refused.status, refused.headers.get("cache-control")]).toEqual([503, "no-store"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });
}

function onTheEdge(row: () => Row): void {
  test("proxyGuard on the edge lets pass, and says once that it sees nothing", async () => {
    await command(row(), "guarded", "open");
    for (let call = 0; call < 3; call++) expect((await get(row(), "/guarded")).status).toBe(200);
    const log = row().server.log();
    expect(log.match(/proxyGuard runs on the edge/g)).toHaveLength(1);
  });
}
