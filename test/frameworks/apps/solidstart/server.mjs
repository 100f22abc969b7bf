import { serve } from "srvx";
import app from "./dist/server/entry-server.js";

serve({ fetch: (request) => app.fetch(request), hostname: process.env.HOST, port: process.env.PORT });
