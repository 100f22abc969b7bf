import { createFromReadableStream } from "@vitejs/plugin-rsc/browser";
import { hydrateRoot } from "react-dom/client";
import {
  unstable_getRSCStream,
  unstable_RSCHydratedRouter as HydratedRouter,
  type unstable_RSCPayload,
} from "react-router/dom";

const payload = await createFromReadableStream<unstable_RSCPayload>(unstable_getRSCStream());
hydrateRoot(
  document,
  <HydratedRouter createFromReadableStream={createFromReadableStream} payload={payload} />,
);
