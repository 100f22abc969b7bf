import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { registerOTel } from "@vercel/otel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { instrumentCircuits } from "../../src/otel.ts";
import { fakeApi } from "./fake-api.ts";

const api = fakeApi();
const exporter = new InMemorySpanExporter();
let end: () => void;

beforeAll(() => {
  registerOTel({ serviceName: "test", spanProcessors: [new SimpleSpanProcessor(exporter) as never] });
});
beforeEach(() => {
  exporter.reset();
  end = instrumentCircuits();
});
afterAll(() => {
  end();
  trace.disable();
});

async function inSpan(run: () => Promise<unknown>): Promise<void> {
  await trace.getTracer("test").startActiveSpan("GET /page", async (span) => {
    await run().catch(() => {});
    span.end();
  });
}

const spans = () => exporter.getFinishedSpans().map(({ name, attributes }) => ({ name, attributes }));

test("each call that is sent makes one span of its fetch, and tells its outcome on the page's", async () => {
  await inSpan(async () => (await api.fetch(`${api.origin}/products`)).text());
  const [fetched, page] = spans();
  expect(spans()).toHaveLength(2);
  expect(fetched!.name).toContain("fetch GET");
  expect(page).toMatchObject({ name: "GET /page", attributes: { "protego.call.outcome": "succeeded" } });
});

test("a refused call makes no span of a fetch", async () => {
  api.open();
  await inSpan(() => api.fetch(`${api.origin}/products`));
  expect(spans()).toMatchObject([{ name: "GET /page", attributes: { "protego.call.outcome": "refused" } }]);
});
