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
import { watchers } from "../../src/breaker/watchers.ts";
import { version } from "../../src/runtime/version.ts";
import { shareStore } from "../../src/store.ts";
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
    const attributes = { "protego.circuit.name": "payments", "protego.call.outcome": "failed" };
    // A type of error on a span would say that the span itself has failed.
    expect(span.attributes).toEqual(attributes);
    const onEvent = { ...attributes, "error.type": "RangeError" };
    expect(span.events).toMatchObject([{ name: "protego.call.failed", attributes: onEvent }]);
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
        "protego.transition.from": "closed",
        "protego.transition.to": "open",
        "protego.transition.reason": "calls",
      },
    });
    const refused = await inSpan(call);
    expect(refused.attributes).toMatchObject({
      "protego.call.outcome": "refused",
      "protego.refusal.reason": "open",
    });
  });

  test("its attributes are of one circuit, however many report on it", async () => {
    const { inSpan } = openTelemetry();
    end = instrumentCircuits();
    const inner = protect(() => Promise.resolve(1), { name: "inner" });
    const outer = protect(() => inner().then(() => Promise.reject(new RangeError("no"))), { name: "outer" });
    const span = await inSpan(outer);
    expect(span.attributes).toEqual({
      "protego.circuit.name": "inner",
      "protego.call.outcome": "succeeded",
    });
    expect(span.events.map(({ attributes }) => attributes!["protego.circuit.name"])).toEqual(["outer"]);
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
    const made = { ...name, "protego.mode": "enforce" };
    const good = { ...made, "protego.call.outcome": "succeeded" };
    const bad = { ...made, "protego.call.outcome": "failed", "error.type": "502" };
    const refused = { ...made, "protego.refusal.reason": "open" };
    const points = await read();
    expect(points).toEqual(
      expect.arrayContaining([
        ["protego.calls", good, 1],
        ["protego.calls", bad, 1],
        ["protego.refusals", refused, 1],
        ["protego.call.duration", name, expect.objectContaining({ sum: 0.5, count: 2 })],
        ["protego.transitions", expect.objectContaining({ ...name, "protego.transition.to": "open" }), 1],
        ["protego.state", name, 2],
        ["protego.held", name, 0],
        ["protego.enforced", name, 1],
        ["protego.in_flight", name, 0],
        ["protego.retry_after", name, expect.closeTo(60, 0)],
        ["protego.not_closed_since", name, expect.closeTo(Date.now() / 1000, -2)],
        ["protego.last_call", name, expect.closeTo(Date.now() / 1000, -2)],
        ["protego.circuits", {}, 1],
        ["protego.build_info", { "protego.version": version }, 1],
      ]),
    );
    // No circuit is shared.
    expect(points.some(([metric]) => metric === "protego.store.requests")).toBe(false);
  });

  test("what has answered in place of a call is counted by its kind, and told on the span", async () => {
    const { metrics: read, inSpan } = openTelemetry();
    end = instrumentCircuits();
    const call = protect(() => Promise.reject(new RangeError("no")), {
      name: "api",
      failureThreshold: 1,
      fallback: () => 7,
    });
    await call().catch(() => {});
    const span = await inSpan(call);
    const kind = { "protego.circuit.name": "api", "protego.substitute.kind": "fallback" };
    expect(span.events.at(-1)).toMatchObject({ name: "protego.call.substituted", attributes: kind });
    const points = await read();
    expect(points.filter(([metric]) => metric === "protego.substitutes")).toEqual([
      ["protego.substitutes", kind, 1],
    ]);
  });

  test("rounds of trials are counted by what they found", async () => {
    const { metrics: read } = openTelemetry();
    end = instrumentCircuits();
    const clock = testClock();
    const call = protect(() => Promise.reject(new RangeError("no")), {
      name: "api",
      clock,
      failureThreshold: 1,
      resetTimeout: "10s",
    });
    await call().catch(() => {});
    clock.advance(10_000);
    await call().catch(() => {});
    const found = { "protego.circuit.name": "api", "protego.trial.outcome": "failed" };
    const points = await read();
    expect(points.filter(([metric]) => metric === "protego.trials")).toEqual([["protego.trials", found, 1]]);
  });

  test("requests to stores are counted, by what became of them", async () => {
    const { metrics: read } = openTelemetry();
    end = instrumentCircuits();
    const { step } = { step: () => Promise.reject(new Error("no")) };
    await protect(() => Promise.resolve(1), { name: "api", store: shareStore({ step }) })();
    expect(await read()).toEqual(
      expect.arrayContaining([
        ["protego.store.requests", { "protego.store.result": "failed" }, 1],
        ["protego.store.requests", { "protego.store.result": "answered" }, 0],
      ]),
    );
  });

  test("a thousand circuits have a thousand states: none is lost at the SDK's limit of series", async () => {
    const { metrics: read } = openTelemetry();
    end = instrumentCircuits();
    for (let i = 0; i < 1000; i++) circuits.register(`tenant ${i}`);
    await failing("tenant 7")().catch(() => {});
    const points = await read();
    expect(points.filter(([metric]) => metric === "protego.state")).toHaveLength(1000);
    expect(points.some(([, attributes]) => "otel.metric.overflow" in attributes)).toBe(false);
  });

  test("observed calls are made, and their refusals are told apart; evictions are counted", async () => {
    const { metrics: read } = openTelemetry();
    end = instrumentCircuits();
    const call = protect(() => Promise.resolve(1), { name: "api", enabled: "observe" });
    await call();
    circuits.get("api")!.open({ forced: true });
    await call();
    circuits.get("api")!.close();
    circuits.limit(1);
    await protect(() => Promise.resolve(1), { name: "another" })();
    circuits.limit(1000);
    const points = await read();
    const name = { "protego.circuit.name": "api", "protego.mode": "observe" };
    expect(points).toEqual(
      expect.arrayContaining([
        ["protego.refusals", { ...name, "protego.refusal.reason": "open" }, 1],
        ["protego.evictions", {}, 1],
      ]),
    );
    // Of circuits that are gone no state is told.
    expect(points.filter(([metric]) => metric === "protego.state")).toHaveLength(1);
  });

  test("a provider that is registered later is found", async () => {
    end = instrumentCircuits();
    await failing("early")().catch(() => {});
    const { metrics: read } = openTelemetry();
    await failing("late")().catch(() => {});
    const calls = (await read()).filter(([metric]) => metric === "protego.calls");
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

test("a meter that cannot make an instrument is asked once, and costs neither calls nor memory", async () => {
  let asked = 0;
  const broken = {
    createCounter: () => ({ add() {} }),
    createHistogram: () => ({ record() {} }),
    createObservableGauge() {
      asked++;
      throw new TypeError("not a function");
    },
  };
  metrics.setGlobalMeterProvider({ getMeter: () => broken as never });
  end = instrumentCircuits();
  const watching = watchers().size;
  const call = protect(() => Promise.resolve("fine"), { name: "upstream" });
  for (let made = 0; made < 10; made++) expect(await call()).toBe("fine");
  expect(asked).toBe(1);
  expect(watchers().size).toBe(watching);
});
