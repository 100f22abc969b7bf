import { expect, test } from "vitest";
import { main } from "../next-app/harness/outputs.ts";
import { command, get, type Row } from "./row.ts";

export function draftMode(row: () => Row): void {
  test("in draft mode each render calls, is refused while the circuit is open, and changes nothing for others", async () => {
    const cookie = (await get(row(), "/api/draft")).headers
      .getSetCookie()
      .map((each) => each.split(";")[0])
      .join("; ");
    const draft = (): Promise<Response> => get(row(), "/draft", { headers: { cookie } });
    const published = async (): Promise<string> => main(await (await get(row(), "/draft")).text());
    const before = await published();
    const hits = row().upstream.hits("/draft");
    await command(row(), "draft", "close");
    for (let call = 1; call <= 2; call++) {
      expect(main(await (await draft()).text())).toBe(`answer ${hits + call} of /draft`);
    }
    await command(row(), "draft", "open");
    expect((await draft()).status).toBe(500);
    expect(row().upstream.hits("/draft")).toBe(hits + 2);
    expect(await published()).toBe(before);
  });
}
