import { redirect } from "next/navigation.js";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, isCircuitOpenError, protect } from "../../src/index.ts";
import { revealRefusals } from "../../src/next.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(() => {
  resetCircuits();
  circuits.register("down").open();
});

const down = protect(() => Promise.resolve("answer"), { name: "down" });
const cutOff = (): Error => new Error("what a data layer makes of it");

async function caught(run: () => Promise<unknown>): Promise<unknown> {
  return run().then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a part of a page", () => {
  test("that is refused and throws something else throws the refusal", async () => {
    const error = await caught(() =>
      revealRefusals(async () => {
        await down().catch(() => Promise.reject(cutOff()));
      }),
    );
    expect(isCircuitOpenError(error)).toBe(true);
  });

  test("that fails without a refusal throws what it throws", async () => {
    const failure = cutOff();
    expect(await caught(() => revealRefusals(() => Promise.reject(failure)))).toBe(failure);
  });

  test("that is left by redirect() leaves, refused or not", async () => {
    const error = await caught(() =>
      revealRefusals(async () => {
        await down().catch(() => redirect("/elsewhere"));
      }),
    );
    expect(error).toMatchObject({ digest: expect.stringMatching(/^NEXT_REDIRECT/) });
  });

  test("that answers answers", async () => {
    expect(await revealRefusals(() => "answer")).toBe("answer");
  });
});

/** What Next's fetch tells of the render under way. */
function insideOneRender(): void {
  const work = {};
  const patched = Object.assign(() => Promise.resolve(new Response()), {
    __nextGetStaticStore: () => ({ getStore: () => work }),
  });
  vi.stubGlobal("fetch", patched);
}

test.each(["inside a render of Next", "elsewhere"])(
  "of two parts at the same time the one that was refused is told from the one that failed: %s",
  async (where) => {
    if (where !== "elsewhere") insideOneRender();
    const failure = cutOff();
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const [refused, failed] = [
      caught(() =>
        revealRefusals(async () => {
          await gate;
          await down().catch(() => Promise.reject(cutOff()));
        }),
      ),
      caught(() => revealRefusals(() => gate.then(() => Promise.reject(failure)))),
    ];
    open();
    expect(isCircuitOpenError(await refused)).toBe(true);
    expect(await failed).toBe(failure);
    vi.unstubAllGlobals();
  },
);
