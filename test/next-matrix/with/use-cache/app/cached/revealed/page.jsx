import { revealRefusals } from "next-protego/next";
import { cached } from "../load";

export const dynamic = "force-dynamic";

export default async function Page() {
  return <main>{await revealRefusals(() => cached("/cached-page"))}</main>;
}
