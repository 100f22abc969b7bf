import type { NextConfig } from "next";

const config: NextConfig = {
  // The package's own lock file lies one level up: without this Next takes that folder for the root.
  turbopack: { root: import.meta.dirname },
};

export default config;
