/** What Next is doing around the current call; the object is the same one for a whole render. */
export interface RenderScope {
  readonly type: string;
  readonly phase?: string;
  /** In development, under Cache Components. */
  readonly stagedRendering?: { readonly abortSignal?: AbortSignal | null } | null;
}

/**
 * Whether this is what Next says to calls that wait in a render that it has given up: in development it begins a page anew
 * when an answer was not in its caches.
 */
export function isGivenUp(scope: RenderScope | undefined, error: unknown): boolean {
  return scope?.stagedRendering?.abortSignal?.reason === Object(error);
}

/** Rendering server components: fetches are deduplicated, as long as they carry no signal. */
export function isRender(scope: RenderScope | undefined): boolean {
  return scope !== undefined && (scope.phase === "render" || isCached(scope));
}

/** The result will be kept and served to others: a prerender, a revalidation, a cached function. */
export function isCached(scope: RenderScope | undefined): boolean {
  return /^prerender|cache$/.test(scope?.type ?? "");
}

/** Rendered ahead for a visitor who may come. What hangs is rendered when they do; what is there, an error too, is kept for minutes. */
export function isPrefetch(scope: RenderScope | undefined): boolean {
  return scope?.type === "prerender-runtime";
}

/** Under Cache Components promises of a prerender may hang for ever on purpose. */
export function mayHang(scope: RenderScope | undefined): boolean {
  return /^prerender(?!-legacy)/.test(scope?.type ?? "");
}
