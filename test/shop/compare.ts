/**
 * The shop with the package's one line and without it, before an API in five states of health:
 *
 *     npm run shop
 */
import { buildFixture, prepareFixture } from "../next-app/harness/fixture.ts";
import { startNext } from "../next-app/harness/next-server.ts";
import { type Health, healths, startShopApi } from "./shop-api.ts";
import { pages, visit, type Visits } from "./visits.ts";

const count = Number(process.argv[2] ?? 8);

const api = await startShopApi();
const folder = await prepareFixture("shop");
const { exitCode, output } = await buildFixture(folder, { SHOP_API: api.url });
if (exitCode !== 0) throw new Error(output);

const results = new Map<string, { visits: Visits[]; calls: number }>();
for (const health of healths) {
  for (const isProtected of ["no", "yes"]) {
    api.health = "healthy";
    const server = await startNext(folder, { SHOP_API: api.url, PROTECTED: isProtected });
    await visit(server, api, "healthy", pages, 1);
    results.set(`${health} ${isProtected}`, await visit(server, api, health, pages, count));
    await server.stop();
    console.error(`${health}, protected: ${isProtected}`);
  }
}
await api.close();

console.log(`| page | with | ${healths.join(" | ")} |`);
console.log(`|---|---|${healths.map(() => "---").join("|")}|`);
for (const { path } of pages) {
  for (const isProtected of ["no", "yes"]) {
    const cells = healths.map((health) => cell(health, isProtected, path));
    console.log(
      `| ${isProtected === "no" ? `\`${path}\`` : ""} | ${named(isProtected)} | ${cells.join(" | ")} |`,
    );
  }
}
for (const isProtected of ["no", "yes"]) {
  const cells = healths.map((health) => results.get(`${health} ${isProtected}`)!.calls);
  console.log(`| calls to the API | ${named(isProtected)} | ${cells.join(" | ")} |`);
}

function named(isProtected: string): string {
  return isProtected === "yes" ? "the line" : "fetch";
}

/** `7/8, 21 ms`: good answers, and the median of the visits. */
function cell(health: Health, isProtected: string, path: string): string {
  const { outcomes } = results
    .get(`${health} ${isProtected}`)!
    .visits.find(({ page }) => page.path === path)!;
  const times = outcomes.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const good = outcomes.filter(({ isGood }) => isGood).length;
  return `${good}/${count}, ${inWords(times[Math.floor(times.length / 2)]!)}`;
}

function inWords(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
