import type { ReactNode } from "react";
import type { Use } from "./uses.ts";

interface Props {
  use: Use;
  busy: boolean;
  onSend: (times: number) => void;
  children: ReactNode;
}

export function TrafficRow({ use, busy, onSend, children }: Props) {
  return (
    <div className="traffic">
      <p>
        <a href={use.path} target="_blank">
          {use.title}
        </a>{" "}
        {children}
        <small>{use.hint}</small>
      </p>
      <p className="buttons">
        {[1, 10].map((times) => (
          <button
            key={times}
            type="button"
            disabled={busy}
            aria-label={`send ${times} to ${use.title}`}
            onClick={() => onSend(times)}
          >
            send {times}
          </button>
        ))}
      </p>
    </div>
  );
}
