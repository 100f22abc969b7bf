const sentOut = new WeakSet<Response>();

/** `next start` runs edge functions in a sandbox whose fetch fixes the `url` of responses that are no hits, too. */
export function isSandbox(): boolean {
  return "EdgeRuntime" in globalThis;
}

/**
 * Fetches, and notes whether fetch listened to the signal. Only a request that goes out is listened for: a hit of
 * the data cache needs no signal, and Next drops it when it refreshes a stale one in the background.
 */
export async function noteSentOut(signal: AbortSignal, send: () => Promise<Response>): Promise<Response> {
  let isHeard = false;
  const listen = signal.addEventListener.bind(signal);
  signal.addEventListener = (...args: unknown[]) => {
    isHeard = true;
    Reflect.apply(listen, signal, args);
  };
  const response = await send();
  if (isHeard) sentOut.add(response);
  return response;
}

export function wasSentOut(response: Response): boolean {
  return sentOut.has(response);
}
