import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, context, metrics, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { circuits, createProtectedFetch, protect } from "../../src/index.ts";
import { instrumentCircuits } from "../../src/otel.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

let end: () => void = () => {};
beforeEach(resetCircuits);
afterEach(() => {
  end();
  trace.disable();
  metrics.disable();
  context.disable();
});

/** OpenTelemetry as an app sets it up, with exporters that keep what they are given. */
function openTelemetry() {
  const spans = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
  );
  const storage = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, run, self, ...args) => storage.run(active, () => run.apply(self!, args)),
    bind: (_active, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e6 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return {
    /** Runs in a span. @returns that span, ended */
    inSpan: async (run: () => Promise<unknown>) => {
      await trace.getTracer("test").startActiveSpan("GET /page", async (span) => {
        await run().catch(() => {});
        span.end();
      });
      return spans.getFinishedSpans().at(-1)!;
    },
    metrics: async () => {
      await reader.forceFlush();
      const points = exporter
        .getMetrics()
        .slice(-1)
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap((scope) => scope.metrics)
        .flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => [descriptor.name, attributes, value] as const),
        );
      await provider.shutdown();
      return points;
    },
  };
}

function failing(name: string) {
  return protect(() => Promise.reject(new RangeError("secret detail")), { name, failureThreshold: 2 });
}

describe("on the active span", () => {
  test("a failed call leaves its outcome and an event, without the error's message", async () => {
    const { inSpan } = openTelemetry();
    end = instrumentCircuits();
    const span = await inSpan(failing("payments"));
    const attributes = {
      "protego.circuit.name": "payments",
      "protego.call.outcome": "failed",
      "error.type": "RangeError",
    };
    expect(span.attributes).toEqual(attributes);
    expect(span.events).toMatchObject([{ name: "protego.call.failed", attributes }]);
    expect(JSON.stringify(span.events)).not.toContain("secret");
  });

  test("a transition leaves an event, and a refusal says why", async () => {
    const { inSpan } = openTelemetry();
    end = instrumentCircuits();
    const call = failing("payments");
    await call().catch(() => {});
    const opening = await inSpan(call);
    expect(opening.events.at(-1)).toMatchObject({
      name: "protego.circuit.changed",
      attributes: {
        "protego.circuit.name": "payments",
        "protego.circuit.state.from": "closed",
        "protego.circuit.state.to": "open",
        "protego.transition.reason": "calls",
      },
    });
    const refused = await inSpan(call);
    expect(refused.attributes).toMatchObject({
      "protego.call.outcome": "refused",
      "protego.refusal.reason": "open",
    });
  });

  test("a success leaves no event", async () => {
    const { inSpan } = openTelemetry();
    end = instrumentCircuits();
    const span = await inSpan(protect(() => Promise.resolve(1), { name: "payments" }));
    expect(span.attributes["protego.call.outcome"]).toBe("succeeded");
    expect(span.events).toEqual([]);
  });

  test("nothing is left with spans: false", async () => {
    const { inSpan } = openTelemetry();
    end = instrumentCircuits({ spans: false });
    expect((await inSpan(failing("payments"))).attributes).toEqual({});
  });
});

describe("as metrics", () => {
  test("calls, durations in seconds, transitions and states are counted", async () => {
    const { metrics: read } = openTelemetry();
    end = instrumentCircuits();
    const clock = testClock();
    const api = createProtectedFetch({
      name: "api",
      clock,
      failureThreshold: 1,
      fetch: (input) => {
        clock.advance(250);
        return Promise.resolve(new Response(null, { status: input === "https://api.test/bad" ? 502 : 200 }));
      },
    });
    await api("https://api.test/good");
    await api("https://api.test/bad");
    await api("https://api.test/good").catch(() => {});
    const name = { "protego.circuit.name": "api" };
    const good = { ...name, "protego.call.outcome": "succeeded" };
    const bad = { ...name, "protego.call.outcome": "failed", "error.type": "502" };
    const refused = { ...name, "protego.call.outcome": "refused", "protego.refusal.reason": "open" };
    const points = await read();
    expect(points).toEqual(
      expect.arrayContaining([
        ["protego.circuit.calls", good, 1],
        ["protego.circuit.calls", bad, 1],
        ["protego.circuit.calls", refused, 1],
        ["protego.circuit.call.duration", good, expect.objectContaining({ sum: 0.25, count: 1 })],
        [
          "protego.circuit.transitions",
          expect.objectContaining({ ...name, "protego.circuit.state.to": "open" }),
          1,
        ],
        ["protego.circuit.state", { ...name, "protego.circuit.state": "open" }, 1],
        ["protego.circuit.state", { ...name, "protego.circuit.state": "closed" }, 0],
      ]),
    );
  });

  test("a provider that is registered later is found", async () => {
    end = instrumentCircuits();
    await failing("early")().catch(() => {});
    const { metrics: read } = openTelemetry();
    await failing("late")().catch(() => {});
    const calls = (await read()).filter(([metric]) => metric === "protego.circuit.calls");
    expect(calls.map(([, attributes]) => attributes["protego.circuit.name"])).toEqual(["late"]);
  });

  test("nothing is counted with metrics: false", async () => {
    const { metrics: read } = openTelemetry();
    end = instrumentCircuits({ metrics: false });
    await failing("payments")().catch(() => {});
    expect((await read()).filter(([metric]) => metric.startsWith("protego."))).toEqual([]);
  });
});

test("where nobody has registered OpenTelemetry calls go on as ever", async () => {
  end = instrumentCircuits();
  await expect(failing("payments")()).rejects.toThrow("secret detail");
  expect(circuits.get("payments")?.state).toBe("closed");
});

test("after its end it tells nothing", async () => {
  const { inSpan } = openTelemetry();
  instrumentCircuits()();
  expect((await inSpan(failing("payments"))).attributes).toEqual({});
});
