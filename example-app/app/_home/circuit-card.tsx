import type { CircuitSnapshot } from "next-protego";

interface Props {
  /** Another one than this page's, or `undefined`. */
  region: string | undefined;
  circuit: CircuitSnapshot;
  onChange: () => Promise<void>;
}

const actions = [
  { action: "open", label: "open" },
  { action: "halfOpen", label: "try now" },
  { action: "close", label: "close" },
  { action: "reset", label: "reset" },
];

export function CircuitCard({ region, circuit, onChange }: Props) {
  const { name, state, failures, retryAfter, totals, options } = circuit;
  const untilTrial = Math.ceil(retryAfter / 1000);

  async function steer(action: string) {
    const address = region === undefined ? "/api/demo/circuit" : `/api/demo/via/${region}`;
    await fetch(address, { method: "POST", body: JSON.stringify({ name, action }) });
    await onChange();
  }
  return (
    <article className="circuit" data-circuit={region === undefined ? name : `${name} in ${region}`}>
      <h3>
        {name}
        {circuit.shared && <small> shared{circuit.degraded ? ", its store is lost" : ""}</small>}
      </h3>
      <p className={`badge ${state}`} role="status">
        {state}
      </p>
      <p className="now">
        {state === "closed" &&
          `Calls pass. Failures in a row: ${failures} of ${options.failureThreshold ?? 3}.`}
        {state === "open" && `Calls are refused. Next trial in ${untilTrial} s.`}
        {state === "half-open" && "The next calls are trials."}
      </p>
      <p className="buttons">
        {actions.map(({ action, label }) => (
          <button key={action} type="button" aria-label={`${label} ${name}${region === undefined ? "" : ` in ${region}`}`} onClick={() => steer(action)}>
            {label}
          </button>
        ))}
      </p>
      <dl>
        {(["succeeded", "failed", "ignored", "refused"] as const).map((total) => (
          <div key={total}>
            <dt>{total}</dt>
            <dd>{totals[total]}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}
