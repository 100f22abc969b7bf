import react from "@vitejs/plugin-react";
import rsc from "@vitejs/plugin-rsc";
import { defineConfig } from "vite";

const entries = { client: "src/entry.browser.tsx", rsc: "src/entry.rsc.tsx", ssr: "src/entry.ssr.tsx" };

// Everything goes into the bundle that is made with the condition react-server, as for a place that has no node_modules.
export default defineConfig({
  plugins: [react(), rsc({ entries })],
  environments: { rsc: { resolve: { noExternal: true } } },
});
