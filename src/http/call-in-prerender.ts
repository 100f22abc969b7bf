import type { Breaker } from "../breaker/breaker.ts";
import { substituted } from "../breaker/substituted.ts";
import { unsentResponse } from "./data-cache.ts";
import { copyInit } from "./request-init.ts";

interface Call {
  readonly realFetch: typeof fetch & { readonly __nextPatched?: boolean };
  readonly input: RequestInfo | URL;
  readonly init: RequestInit | undefined;
}

/**
 * What a refused call gets in a prerender, where what is returned is kept: what Next would have made of it without asking
 * the upstream. That is a hit of its data cache; or, under Cache Components, a promise that hangs, as the part of the
 * page behind it is rendered for each visitor. Otherwise the refusal, so that Next keeps the page that it has.
 */
export async function callInPrerender(
  { realFetch, input, init }: Call,
  error: Error,
  breaker: Breaker,
): Promise<Response> {
  const cached = realFetch.__nextPatched && (await unsentResponse(realFetch, input, copyInit(init), error));
  if (!cached) throw error;
  substituted(breaker, "cache");
  return cached;
}
