/** What follows a chain of async work. */
export interface AsyncStorage<Value> {
  run<Result>(value: Value, run: () => Result): Result;
  getStore(): Value | undefined;
}

declare const process: object | undefined;

interface AsyncHooks {
  AsyncLocalStorage?: new <Value>() => AsyncStorage<Value>;
}

/**
 * AsyncLocalStorage, where the runtime has one: Node, Bun, Deno and workerd as a module of `node:`, Next's edge sandbox and
 * its servers as a global.
 */
export function asyncStorage<Value>(): AsyncStorage<Value> | undefined {
  const { AsyncLocalStorage } = builtIn() ?? (globalThis as AsyncHooks);
  return AsyncLocalStorage && new AsyncLocalStorage();
}

/** In Next's edge sandbox the function is there, and throws. */
function builtIn(): AsyncHooks | undefined {
  try {
    const find = typeof process === "object" && Reflect.get(process, "getBuiltinModule");
    return find ? (find as (id: string) => AsyncHooks | undefined)("node:async_hooks") : undefined;
  } catch {
    return undefined;
  }
}
