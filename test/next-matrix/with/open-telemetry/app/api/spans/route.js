export const dynamic = "force-dynamic";

/** The spans that are not Next's own, and how they ended. */
export function GET() {
  const spans = globalThis.exporter
    .getFinishedSpans()
    .filter(({ attributes }) => !("next.span_type" in attributes));
  return Response.json(spans.map(({ name, status }) => ({ name, status: status.code })));
}
