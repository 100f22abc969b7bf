import { expect, test } from "vitest";
import { leadTo, placeOf } from "../../src/runtime/call-site.ts";

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

test.for([
  ["of a function", "GET (/app/api/route.ts:5:14)", "/app/api/route.ts:5"],
  ["at the top of a module", "file:///app/api/route.ts:5:14", "file:///app/api/route.ts:5"],
  [
    "of webpack's layers",
    "eval (webpack-internal:///(rsc)/./app/route.ts:5:14)",
    "webpack-internal:///(rsc)/./app/route.ts:5",
  ],
  ["in a route group", "Module.GET (/app/(shop)/api/route.ts:5:14)", "/app/(shop)/api/route.ts:5"],
  ["in a route group, at the top of a module", "/app/(shop)/api/route.ts:5:14", "/app/(shop)/api/route.ts:5"],
  ["of a method that bears another name", "Object.handler [as GET] (/app/route.ts:5:14)", "/app/route.ts:5"],
  ["of nobody", "Array.map (<anonymous>)", ""],
] as const)("the line %s", ([, frame, line]) => {
  const place = line && ` at ${line}`;
  expect(placeOf(withFrames("", frame))).toBe(place);
  expect(placeOf(withFrames("", "new Promise (<anonymous>)", frame))).toBe(place);
});

test("a site without frames has no line", () => {
  for (const site of [withFrames(""), { name: "", message: "" }, undefined]) expect(placeOf(site)).toBe("");
});
