/** What one visitor got, and how long it took until all of it was there. */
export interface Outcome {
  readonly isGood: boolean;
  readonly status: number;
  readonly ms: number;
  /** Whether `error.tsx` can say that it is a refusal. */
  readonly isRefusal: boolean;
}

export async function outcomeOf(url: string, page: { path: string; shows: string }): Promise<Outcome> {
  const start = performance.now();
  const response = await fetch(url + page.path);
  const text = await response.text();
  const isRefusal = text.includes("PROTEGO_CIRCUIT_OPEN");
  return {
    status: response.status,
    // A page that streams has its status before its error: what it shows decides.
    isGood:
      response.ok &&
      !isRefusal &&
      text.replaceAll("<!-- -->", "").includes(page.shows) &&
      !/data-dgst/.test(text),
    ms: performance.now() - start,
    isRefusal,
  };
}
