import { defineEventHandler } from "h3";
import { circuits } from "next-protego";

export default defineEventHandler(() => circuits.list().map((circuit) => circuit.snapshot()));
