import { createSafeActionClient } from "next-safe-action";
import { expect, test } from "vitest";
import { z } from "zod";
import { isCircuitOpenError, retryAfterSeconds } from "../../src/index.ts";
import { protectAction } from "../../src/next.ts";
import { fakeApi } from "./fake-api.ts";

const api = fakeApi();

const client = createSafeActionClient({
  handleServerError: (error) =>
    isCircuitOpenError(error) ? `Busy. Again in ${retryAfterSeconds(error)} s.` : "Something went wrong.",
});

const order = client.inputSchema(z.object({ id: z.string() })).action(async ({ parsedInput }) => {
  const response = await api.fetch(`${api.origin}/orders/${parsedInput.id}`);
  return (await response.json()) as { id: string };
});

test("an action answers as ever", async () => {
  api.handler = ({ url }, response) => response.end(JSON.stringify({ id: url!.split("/").at(-1) }));
  expect(await order({ id: "7" })).toMatchObject({ data: { id: "7" } });
});

test("while open its server error says what the app wants to say", async () => {
  api.open();
  expect(await order({ id: "7" })).toMatchObject({ serverError: "Busy. Again in 60 s." });
  expect(api.hits).toBe(0);
});

test("a protected action can return a state inside of it", async () => {
  const save = protectAction(() => Promise.reject(new Error("down")), {
    name: "save",
    failureThreshold: 1,
    refused: ({ retryAfterSeconds: seconds }) => ({ again: seconds }),
  });
  const action = client.action(() => save());
  expect(await action()).toMatchObject({ serverError: "Something went wrong." });
  expect(await action()).toMatchObject({ data: { again: 60 } });
});
