export { createDashboard } from "./dashboard/create-dashboard.ts";

export type { Authorize } from "./dashboard/access.ts";
export type { Dashboard, DashboardContext, DashboardOptions } from "./dashboard/create-dashboard.ts";
