import { route } from "@react-router/dev/routes";

export default [
  route("products/:id", "routes/product.ts"),
  route("shelf/:id", "routes/shelf.tsx"),
  route("circuits", "routes/circuits.ts"),
];
