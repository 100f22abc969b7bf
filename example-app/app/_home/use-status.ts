import { useCallback, useEffect, useState } from "react";
import type { Status } from "../api/demo/status/route.ts";
import { readStatus } from "./send.ts";

/** The circuits and the upstream as they are now, read every second. */
export function useStatus(): { status: Status | undefined; refresh: () => Promise<void> } {
  const [status, setStatus] = useState<Status>();
  const refresh = useCallback(
    () =>
      readStatus().then(setStatus, () => {
        // The server is restarting or gone: what was seen last stays.
      }),
    [],
  );
  useEffect(() => {
    void refresh();
    const timer = setInterval(refresh, 1000);
    return () => clearInterval(timer);
  }, [refresh]);
  return { status, refresh };
}
