import { createServer } from "node:http";
import { createRequestListener } from "@remix-run/node-fetch-server";
import handle from "./dist/rsc/index.js";

createServer(createRequestListener(handle)).listen(Number(process.env.PORT), process.env.HOST);
