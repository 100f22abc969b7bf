/** The ways in which the app uses next-protego, as the home page offers them. */
export interface Use {
  readonly title: string;
  readonly path: string;
  readonly hint: string;
}

export const uses: readonly Use[] = [
  { title: "Products", path: "/products", hint: "server component, protected fetch, error.tsx" },
  {
    title: "Products or stale",
    path: "/products/stale",
    hint: "the same with a fallback: the last good answer",
  },
  { title: "Orders", path: "/api/orders", hint: "wrapped route: 503 + Retry-After while open" },
  { title: "Payments", path: "/api/payments", hint: "wrapped route that can fail by itself" },
  { title: "Prices", path: "/prices", hint: "ISR page, revalidated every 5 s" },
  { title: "Catalog", path: "/catalog", hint: "fetch with cache: “force-cache”" },
  { title: "Edge", path: "/api/edge", hint: "edge function: an isolate of its own" },
];
