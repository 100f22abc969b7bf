import { expect, test } from "vitest";
import { leadTo } from "../../src/runtime/call-site.ts";

/** An error, or a site, of these frames. */
function withFrames(message: string, ...frames: string[]): Error {
  const error = new Error(message);
  error.stack = [`Error: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}
const page = "Page (app/page.tsx:7:20)";
const render = "render (app/render.ts:3:9)";

test.for([
  { what: "lacks it", stack: ["node:internal (a:1:1)"], led: ["node:internal (a:1:1)", page, render] },
  {
    what: "has it, at its await",
    stack: ["async Page (app/page.tsx:7:14)"],
    led: ["async Page (app/page.tsx:7:14)"],
  },
  { what: "has what comes after it", stack: ["send (b:1:1)", render], led: ["send (b:1:1)", page, render] },
  { what: "is empty", stack: [], led: [page, render] },
])("a stack that $what leads to the caller's line once", ({ stack, led }) => {
  const error = withFrames("broken", ...stack);
  leadTo(withFrames("", page, render), error);
  expect(error.stack).toBe(withFrames("broken", ...led).stack);
});

test.for([
  ["a frozen error", Object.freeze(withFrames("broken"))],
  ["no error", "broken"],
  ["nothing", undefined],
  [
    "an error whose stack throws",
    Object.defineProperty(new Error(), "stack", {
      get() {
        throw new Error();
      },
    }),
  ],
] as const)("%s is left as it is", ([, error]) => {
  expect(() => leadTo(withFrames("", page), error)).not.toThrow();
});
