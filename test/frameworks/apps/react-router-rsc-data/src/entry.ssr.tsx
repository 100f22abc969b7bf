import { createFromReadableStream } from "@vitejs/plugin-rsc/ssr";
import { renderToReadableStream } from "react-dom/server.edge";
import { unstable_routeRSCServerRequest, unstable_RSCStaticRouter as StaticRouter } from "react-router";

export const answer = (request: Request, serverResponse: Response): Promise<Response> =>
  unstable_routeRSCServerRequest({
    request,
    serverResponse,
    createFromReadableStream,
    async renderHTML(getPayload, options) {
      const bootstrapScriptContent = await import.meta.viteRsc.loadBootstrapScriptContent("index");
      return renderToReadableStream(<StaticRouter getPayload={getPayload} />, {
        ...options,
        bootstrapScriptContent,
      });
    },
  });
