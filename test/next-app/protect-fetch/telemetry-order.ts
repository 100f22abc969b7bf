import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, type BuiltApp, serveApp } from "../harness/app.ts";
import { refused, route } from "./told.ts";

interface Span {
  name: string;
  status: number;
}

const failed = 2;

export function telemetryOrder(built: () => BuiltApp): void {
  describe.each([
    ["before it: a refused call has a failed span of its own", "after", [failed]],
    ["after it: a refused call has no span of its own", "before", []],
  ])("protectFetch is called %s", (_, telemetry, expected) => {
    let app: App;
    beforeAll(async () => {
      app = await serveApp(built(), { TELEMETRY: telemetry });
    });
    afterAll(() => app?.server.stop());

    test("calls are protected, and those that go out have their spans", async () => {
      const path = `/traced-${telemetry}`;
      const spans = async (): Promise<Span[]> => {
        const all = (await (await app.get("/api/spans")).json()) as Span[];
        return all.filter(({ name }) => name.startsWith(`fetch GET ${app.upstream.url}`));
      };
      expect(await route(app, `path=${path}`)).toMatchObject({ status: 200 });
      await app.command(path, "open");
      expect((await spans()).map(({ status }) => status)).toEqual([0]);
      expect(await route(app, `path=${path}`)).toMatchObject(refused);
      expect((await spans()).map(({ status }) => status)).toEqual([0, ...expected]);
    });
  });
}
