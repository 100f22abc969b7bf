import { createDashboard } from "next-protego/dashboard";
import { dashboardToken } from "../../../lib/dashboard-token.ts";

export const { GET, POST } = createDashboard({
  authorize: dashboardToken,
  label: process.env.REGION,
});
