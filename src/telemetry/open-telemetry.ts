/** As much of OpenTelemetry's API as is used here. */
export interface Span {
  setAttributes(attributes: Attributes): unknown;
  addEvent(name: string, attributes?: Attributes): unknown;
}

export type Attributes = Record<string, string | number | boolean>;

export interface Meter {
  createCounter(
    name: string,
    options: InstrumentOptions,
  ): { add(value: number, attributes: Attributes): void };
  createHistogram(
    name: string,
    options: InstrumentOptions,
  ): { record(value: number, attributes: Attributes): void };
  createObservableGauge(name: string, options: InstrumentOptions): Observable;
  createObservableCounter(name: string, options: InstrumentOptions): Observable;
}

interface Observable {
  addCallback(observe: (result: ObservableResult) => void): void;
}

export interface ObservableResult {
  observe(value: number, attributes: Attributes): void;
}

interface InstrumentOptions {
  readonly unit: string;
  readonly description: string;
  readonly advice?: { readonly explicitBucketBoundaries: number[] };
}

interface Api {
  readonly context?: { active(): { getValue(key: symbol): unknown } };
  readonly metrics?: { getMeter(name: string): Meter };
}

/**
 * What `@opentelemetry/api` 1.x registers for all its copies. Read from there, nothing has to be installed or
 * imported: Next ships a copy of its own.
 */
function api(): Api | undefined {
  return (globalThis as { [key: symbol]: Api | undefined })[Symbol.for("opentelemetry.js.api.1")];
}

export function activeSpan(): Span | undefined {
  return api()?.context?.active().getValue(Symbol.for("OpenTelemetry Context Key SPAN")) as Span | undefined;
}

/** The meter of whoever has registered metrics by now. */
export function currentMeter(): Meter | undefined {
  return api()?.metrics?.getMeter("next-protego");
}
