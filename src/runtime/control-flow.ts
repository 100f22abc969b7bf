/** Begins what Next marks its own errors with: their `digest`, or the `code` NEXT_STATIC_GEN_BAILOUT. */
const marksOfNext =
  /^(NEXT_|DYNAMIC_SERVER_USAGE$|HANGING_PROMISE_REJECTION$|CLIENT_HOOK_DYNAMIC$|BAILOUT_TO_)/;

/**
 * Whether Next threw this for purposes of its own: `redirect()`, `notFound()`, a prerender that turns dynamic.
 * It says nothing about the upstream and must travel on as the same object.
 */
export function isControlFlow(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  try {
    const { digest, code } = error as { digest?: unknown; code?: unknown };
    return [digest, code].some((mark) => typeof mark === "string" && marksOfNext.test(mark));
  } catch {
    return false;
  }
}
