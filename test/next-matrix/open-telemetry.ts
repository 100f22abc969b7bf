import { expect, test } from "vitest";
import { get, type Row, type Version } from "./row.ts";

interface Span {
  readonly name: string;
  readonly status: number;
}

export function openTelemetry({ extras }: Version, row: () => Row): void {
  if (!extras.includes("open-telemetry")) return;
  test("registerOTel after protectFetch: a refused call has a failed span of its own", async () => {
    const { upstream } = row();
    upstream.set("/plain", 500);
    while ((await (await get(row(), "/api/plain")).json()).error !== "CircuitOpenError");
    const spans = (await (await get(row(), "/api/spans")).json()) as Span[];
    const calls = spans.filter(({ name }) => name === `fetch GET ${upstream.url}/plain`);
    expect(calls.length).toBeGreaterThan(upstream.hits("/plain"));
    expect(calls.at(-1)).toMatchObject({ status: 2 });
  });
}
