import { cached } from "./load";

export const dynamic = "force-dynamic";

export default async function Page() {
  return <main>{await cached("/cached-page")}</main>;
}
