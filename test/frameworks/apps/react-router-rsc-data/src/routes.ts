import type { unstable_RSCRouteConfig } from "react-router";

export const routes: unstable_RSCRouteConfig = [
  {
    id: "root",
    path: "",
    lazy: () => import("./routes/root"),
    children: [{ id: "shelf", path: "shelf/:id", lazy: () => import("./routes/shelf") }],
  },
  { id: "product", path: "products/:id", lazy: () => import("./routes/product") },
  { id: "circuits", path: "circuits", lazy: () => import("./routes/circuits") },
];
