import { createProtectedFetch } from "next-protego";

export const shopFetch = createProtectedFetch({ name: "shop", timeout: "3s" });
