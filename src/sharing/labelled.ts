import type { Store } from "../core/store.ts";

/** A store that is told what this isolate is called, when it first votes. */
export function labelled(store: Store, label: string | undefined): Store {
  if (label === undefined || !store.note) return store;
  let told: number | undefined;
  return {
    ...store,
    step(circuit, request) {
      if (request.type === "report" && request.reporter !== told) {
        told = request.reporter;
        // Beside the report, which nobody may wait longer for.
        void store.note!({ about: "isolate", reporter: told, label }).catch(() => {});
      }
      return store.step(circuit, request);
    },
  };
}
