import { aFunction } from "../core/option.ts";
import type { Listener } from "./events.ts";

/**
 * Adds a listener.
 *
 * @returns what ends this subscription, and no other of the same function
 */
export function subscription(listeners: Set<Listener>, listener: Listener): () => void {
  aFunction("listener", listener);
  const own: Listener = (event) => listener(event);
  listeners.add(own);
  return () => void listeners.delete(own);
}
