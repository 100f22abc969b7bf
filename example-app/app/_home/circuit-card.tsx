import type { CircuitSnapshot } from "next-protego";

interface Props {
  circuit: CircuitSnapshot;
  onChange: () => Promise<void>;
}

const meanings = { closed: "calls pass", open: "calls are refused", "half-open": "trial calls decide" };

export function CircuitCard({ circuit, onChange }: Props) {
  const { name, state, failures, retryAfter, totals, options } = circuit;
  const untilTrial = Math.ceil(retryAfter / 1000);

  async function steer(action: string) {
    await fetch("/api/demo/circuit", { method: "POST", body: JSON.stringify({ name, action }) });
    await onChange();
  }
  return (
    <article className="circuit" data-circuit={name}>
      <h3>{name}</h3>
      <p className={`badge ${state}`} role="status">
        <b>{state}</b> · {meanings[state]}
      </p>
      <p className="now">
        {state === "closed" && `${failures} of ${options.failureThreshold ?? 3} failures in a row`}
        {state === "open" && `next trial in ${untilTrial} s`}
        {state === "half-open" && "the next call is a trial"}
      </p>
      <dl>
        {(["succeeded", "failed", "ignored", "refused"] as const).map((total) => (
          <div key={total}>
            <dt>{total}</dt>
            <dd>{totals[total]}</dd>
          </div>
        ))}
      </dl>
      <p className="buttons">
        {["open", "close", "reset"].map((action) => (
          <button key={action} type="button" aria-label={`${action} ${name}`} onClick={() => steer(action)}>
            {action}
          </button>
        ))}
      </p>
    </article>
  );
}
