import { afterAll, beforeAll, describe } from "vitest";
import { type App, startApp } from "./harness/app.ts";
import { browser } from "./plain/browser.ts";
import { controlFlow } from "./plain/control-flow.ts";
import { dataCache } from "./plain/data-cache.ts";
import { deduplication } from "./plain/deduplication.ts";
import { edge } from "./plain/edge.ts";
import { regeneration } from "./plain/regeneration.ts";
import { routeWrapper } from "./plain/route-wrapper.ts";
import { sharing } from "./plain/sharing.ts";
import { staticOutput } from "./plain/static-output.ts";
import { validator } from "./plain/validator.ts";

let app: App;

beforeAll(async () => {
  app = await startApp("plain");
}, 120_000);
afterAll(() => app?.stop());

/** One build and one server for all; each test has circuits of its own. */
const theApp = (): App => app;

describe("Next without Cache Components", () => {
  describe("static output", () => {
    staticOutput(theApp);
  });
  describe("regeneration", () => {
    regeneration(theApp);
  });
  describe("the data cache", () => {
    dataCache(theApp);
  });
  describe("deduplication", () => {
    deduplication(theApp);
  });
  describe("control flow", () => {
    controlFlow(theApp);
  });
  describe("the route wrapper", () => {
    routeWrapper(theApp);
  });
  describe("sharing", () => {
    sharing(theApp);
  });
  describe("edge routes", () => {
    edge(theApp);
  });
  describe("the browser", () => {
    browser(theApp);
  });
  describe("types", () => {
    validator(theApp);
  });
});
