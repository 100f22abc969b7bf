import { defineHandler } from "nitro/h3";
import { circuits } from "next-protego";

export default defineHandler(() => circuits.list().map((circuit) => circuit.snapshot()));
