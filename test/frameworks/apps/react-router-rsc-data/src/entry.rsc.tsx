import {
  createTemporaryReferenceSet,
  decodeAction,
  decodeFormState,
  decodeReply,
  loadServerAction,
  renderToReadableStream,
} from "@vitejs/plugin-rsc/rsc";
import { unstable_matchRSCServerRequest } from "react-router";
import { routes } from "./routes";

export default async function handle(request: Request): Promise<Response> {
  const ssr = await import.meta.viteRsc.loadModule<typeof import("./entry.ssr")>("ssr", "index");
  const matched = await unstable_matchRSCServerRequest({
    createTemporaryReferenceSet,
    decodeAction,
    decodeFormState,
    decodeReply,
    loadServerAction,
    request,
    routes,
    generateResponse: ({ payload, statusCode, headers }, options) =>
      new Response(renderToReadableStream(payload, options), { status: statusCode, headers }),
  });
  return ssr.answer(request, matched);
}
