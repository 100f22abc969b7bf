import { json } from "@sveltejs/kit";
import { circuits } from "next-protego";

export const GET = () => json(circuits.list().map((circuit) => circuit.snapshot()));
