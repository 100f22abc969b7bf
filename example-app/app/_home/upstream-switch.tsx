import { useState } from "react";
import { type Mode, modes } from "../../upstream/mode.ts";
import type { Status } from "../api/demo/status/route.ts";

interface Props {
  upstream: Status["upstream"] | undefined;
  onChange: () => Promise<void>;
}

export function UpstreamSwitch({ upstream, onChange }: Props) {
  const [asked, setAsked] = useState<Mode>();

  async function become(mode: Mode) {
    setAsked(mode);
    await fetch("/api/demo/upstream", { method: "PUT", body: mode });
    await onChange();
    setAsked(undefined);
  }
  return (
    <section aria-labelledby="upstream">
      <h2 id="upstream">1. Break the shop API (the upstream)</h2>
      <fieldset className="modes">
        <legend className="hint">Tell it what to be:</legend>
        {(Object.keys(modes) as Mode[]).map((mode) => (
          <label key={mode}>
            <input
              type="radio"
              name="mode"
              value={mode}
              checked={(asked ?? upstream?.mode) === mode}
              onChange={() => become(mode)}
            />
            <span>
              <b>{mode}</b>
              <small>{modes[mode]}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <p className="hint">
        Calls that reached it: <b data-hits>{upstream?.hits ?? "…"}</b>
      </p>
    </section>
  );
}
