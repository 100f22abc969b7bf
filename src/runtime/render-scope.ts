/** What Next is doing around the current call; the object is the same one for a whole render. */
export interface RenderScope {
  readonly type: string;
  readonly phase?: string;
}

/** Rendering server components: fetches are deduplicated, as long as they carry no signal. */
export function isRender(scope: RenderScope | undefined): boolean {
  return scope !== undefined && (scope.phase === "render" || isCached(scope));
}

/** The result will be kept and served to others: a prerender, a revalidation, a cached function. */
export function isCached(scope: RenderScope | undefined): boolean {
  return scope !== undefined && /^prerender|cache$/.test(scope.type);
}

/** Under Cache Components promises of a prerender may hang for ever on purpose. */
export function mayHang(scope: RenderScope | undefined): boolean {
  return scope !== undefined && /^prerender(?!-legacy)/.test(scope.type);
}
