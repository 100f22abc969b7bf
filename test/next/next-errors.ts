import { createRequire } from "node:module";
import { forbidden, notFound, permanentRedirect, redirect, unauthorized } from "next/navigation.js";

const require = createRequire(import.meta.url);
const errors = <Exports>(path: string): Exports => require(`next/dist/${path}.js`) as Exports;
type ErrorClass = new (...args: string[]) => Error;

const { DynamicServerError } = errors<{ DynamicServerError: ErrorClass }>(
  "client/components/hooks-server-context",
);
const { StaticGenBailoutError } = errors<{ StaticGenBailoutError: ErrorClass }>(
  "client/components/static-generation-bailout",
);
const { BailoutToCSRError } = errors<{ BailoutToCSRError: ErrorClass }>(
  "shared/lib/lazy-dynamic/bailout-to-csr",
);
const { makeDynamicHangingPromise } = errors<{
  makeDynamicHangingPromise: (signal: AbortSignal, route: string, expression: string) => Promise<never>;
}>("server/dynamic-rendering-utils");

/** What Next throws for purposes of its own, made by Next itself. */
export const nextErrors: Array<[string, () => unknown]> = [
  ["redirect()", () => redirect("/login")],
  ["permanentRedirect()", () => permanentRedirect("/moved")],
  ["notFound()", () => notFound()],
  ["forbidden()", () => forbidden()],
  ["unauthorized()", () => unauthorized()],
  ["a bail-out to dynamic rendering", () => thrown(new DynamicServerError("cookies"))],
  ["a bail-out of a static route", () => thrown(new StaticGenBailoutError("cookies"))],
  ["a bail-out to the client", () => thrown(new BailoutToCSRError("next/dynamic"))],
  ["a promise that hung until the end of a prerender", () => hanging()],
];

function thrown(error: Error): never {
  throw error;
}

function hanging(): Promise<never> {
  return makeDynamicHangingPromise(AbortSignal.abort(), "/orders", "cookies()");
}
