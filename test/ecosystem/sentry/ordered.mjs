/** One call that goes out and one that is refused, each inside a span: prints what Sentry has seen. */
import { once } from "node:events";
import { createServer } from "node:http";
import * as Sentry from "@sentry/node";
import { circuits } from "next-protego";
import { protectFetch } from "next-protego/next";

const [, , first] = process.argv;
let headers;
const upstream = createServer((request, response) => {
  headers = request.headers;
  response.end("answer");
}).listen(0, "127.0.0.1");
await once(upstream, "listening");
const origin = `http://127.0.0.1:${upstream.address().port}`;

const spans = [];
const steps = {
  // Nobody listens at that port, and nothing is sent anywhere else.
  sentry: () =>
    Sentry.init({
      dsn: "http://key@127.0.0.1:2/1",
      tracesSampleRate: 1,
      beforeSend: () => null,
      beforeSendSpan(span) {
        spans.push(span.name);
        return span;
      },
    }),
  protego: () => protectFetch({ origins: [origin], name: "shop" }),
};
for (const step of first === "sentry" ? ["sentry", "protego"] : ["protego", "sentry"]) steps[step]();

await Sentry.startSpan({ name: "the call that goes out" }, async () => (await fetch(origin)).text());
circuits.get("shop").open();
const refusal = await Sentry.startSpan({ name: "the refused call" }, () =>
  fetch(origin).catch(({ name }) => name),
);
await Sentry.flush(200);
const { allowed, refused } = circuits.get("shop").snapshot().totals;
const isTraced = headers["sentry-trace"] !== undefined;
process.stdout.write(JSON.stringify({ spans, refusal, isTraced, allowed, refused }), () => process.exit(0));
