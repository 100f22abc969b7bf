export { createDashboard } from "./dashboard/create-dashboard.ts";
export { remember } from "./dashboard/remember.ts";

export type { Authorize } from "./dashboard/access.ts";
export type { Dashboard, DashboardContext, DashboardOptions } from "./dashboard/create-dashboard.ts";
export type { RememberOptions } from "./dashboard/remember.ts";
