import { serve } from "srvx";
import app from "./dist/server/server.js";

serve({ fetch: app.fetch, hostname: process.env.HOST, port: process.env.PORT });
