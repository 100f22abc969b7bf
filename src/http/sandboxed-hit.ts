const sentOut = new WeakSet<Response>();

/** `next start` runs edge functions in a sandbox whose fetch fixes the `url` of every response. */
export const isSandbox = "EdgeRuntime" in globalThis;

/**
 * A signal that tells whether fetch listened to it. Only a request that goes out is listened for: a hit of the data
 * cache needs no signal, and Next drops it when it refreshes a stale one in the background.
 */
export function watchSignal(signal: AbortSignal): (response: Response) => void {
  let heard = false;
  const listen = signal.addEventListener.bind(signal);
  signal.addEventListener = (...args: unknown[]) => {
    heard = true;
    Reflect.apply(listen, signal, args);
  };
  return (response) => void (heard && sentOut.add(response));
}

export const wasSentOut = (response: Response): boolean => sentOut.has(response);
