const storeTimeoutMs = 3000;

/** What a store answers, if it does so in three seconds: nobody who looks or commands waits for longer. */
export async function inTime<Value>(asked: Promise<Value>): Promise<Value> {
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException("no answer in time", "TimeoutError")), storeTimeoutMs);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer as number);
  }
}
