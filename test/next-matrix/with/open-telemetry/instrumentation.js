import { protectFetch } from "next-protego/next";

export async function register() {
  const isPlain = ({ pathname }) => pathname.startsWith("/plain");
  protectFetch({ origins: isPlain, name: ({ url }) => new URL(url).pathname, resetTimeout: "10m" });
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { InMemorySpanExporter, SimpleSpanProcessor } = await import("@opentelemetry/sdk-trace-base");
  const { registerOTel } = await import("@vercel/otel");
  globalThis.exporter = new InMemorySpanExporter();
  registerOTel({ serviceName: "fixture", spanProcessors: [new SimpleSpanProcessor(globalThis.exporter)] });
}
