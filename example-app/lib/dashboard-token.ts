/** The demo tells everybody. A real app reads it from its environment. */
export const dashboardToken = process.env.PROTEGO_TOKEN ?? "demo-demo-demo-demo";
