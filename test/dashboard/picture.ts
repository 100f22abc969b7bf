/**
 * Draws the README's picture: a shop eleven minutes into an outage of its payments, in simulated time.
 *
 *     npm run build && node test/dashboard/picture.ts [file]
 */
import { chromium } from "playwright-core";
import { memory } from "../../src/dashboard/remember.ts";
import { createDashboard } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { findChromium } from "../setup/find-chromium.ts";
import { serveDashboard } from "./dashboard-server.ts";

const file = process.argv[2] ?? "docs/dashboard.png";
const real = performance.now.bind(performance);
let ahead = 0;
performance.now = () => real() + ahead;
// The same picture each time.
let seed = 7;
const chance = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;

const served = await serveDashboard(
  createDashboard({ authorize: () => "ada", audit: () => {}, label: "web-3" }),
);
const failure = Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
let second = 0;

interface Upstream {
  readonly name: string;
  readonly perSecond: number;
  readonly ms: number;
  readonly fails: (at: number) => boolean;
}

const upstreams: readonly Upstream[] = [
  { name: "https://payments.example", perSecond: 6, ms: 80, fails: (at) => at > 900 },
  { name: "https://search.example", perSecond: 4, ms: 140, fails: (at) => at > 1460 },
  { name: "https://catalog.example", perSecond: 9, ms: 35, fails: () => chance() < 0.004 },
  { name: "https://stock.example", perSecond: 5, ms: 20, fails: () => chance() < 0.002 },
  { name: "GET /api/orders", perSecond: 3, ms: 60, fails: () => chance() < 0.01 },
  { name: "https://mail.example", perSecond: 0.3, ms: 300, fails: () => false },
];
const calls = upstreams.map(({ name, perSecond, ms, fails }) => ({
  perSecond,
  send: protect(
    () => {
      ahead += ms * (0.4 + chance() * 1.4);
      return fails(second) ? Promise.reject(failure) : Promise.resolve(1);
    },
    { name, resetTimeout: "45s", enabled: name.includes("mail") ? "observe" : true },
  ),
}));
for (second = 0; second < 1560; second++) {
  const began = performance.now();
  for (const { perSecond, send } of calls) {
    const wave = perSecond * (0.75 + 0.5 * chance());
    const times = Math.floor(wave) + (chance() < wave % 1 ? 1 : 0);
    for (let call = 0; call < times; call++) await send().catch(() => {});
  }
  // A hand at work: the last circuit is tried at once.
  if (second === 1555) circuits.get("https://search.example")!.halfOpen();
  if (second % 5 === 0) memory().look();
  // What calls took counts as if it had been at once: they run side by side in a real process.
  ahead += Math.max(0, 1000 - (performance.now() - began));
}

const browser = await chromium.launch({ executablePath: findChromium()!, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1.5 });
await page.goto(served.url);
await page.locator("#live.on").waitFor();
await page.screenshot({ path: file });
await browser.close();
served.stop();
process.exit(0);
