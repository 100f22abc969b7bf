"use client";

import { useRef, useState } from "react";
import { AnswersTable } from "./answers-table.tsx";
import { CircuitCard } from "./circuit-card.tsx";
import { type Answer, send } from "./send.ts";
import { TrafficRow } from "./traffic-row.tsx";
import { UpstreamSwitch } from "./upstream-switch.tsx";
import { useStatus } from "./use-status.ts";
import { uses, type Use } from "./uses.ts";

export function Home() {
  const { status, refresh } = useStatus();
  const [answers, setAnswers] = useState<readonly Answer[]>([]);
  const [busy, setBusy] = useState(false);
  const broken = useRef<HTMLInputElement>(null);
  const [target, setTarget] = useState("0");
  const regions = status?.regions ?? [];

  /** One after the other, so that each row shows what it alone has cost. */
  async function sendAll(use: Use, times: number) {
    setBusy(true);
    const query = use.path === "/api/payments" && broken.current?.checked ? "?broken" : "";
    try {
      for (let i = 0; i < times; i++) {
        const index = target === "all" ? i % regions.length : Number(target);
        const answer = await send(use, query, index === 0 ? undefined : regions[index]?.name);
        setAnswers((before) => [answer, ...before].slice(0, 50));
        void refresh();
      }
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className="home">
      <header>
        <h1>next-protego</h1>
        <p>
          This Next.js app depends on a shop API. While the API is down, its <b>circuit is open</b>: the app
          does not call it, and visitors get stale data, a kind page or an honest 503 at once.
        </p>
        <p>
          <b>Try this:</b>
        </p>
        <ol>
          <li>
            Set the shop API to <b>failing</b> and send <b>10</b> to Products: three fail, the circuit opens,
            seven cost nothing.
          </li>
          <li>
            Now the others: stale products, 503 for orders, while <b>Prices</b> and <b>Catalog</b> keep
            serving.
          </li>
          <li>
            With two regions: send to <b>each in turn</b>. What one has seen helps the other.
          </li>
          <li>
            Set it to <b>healthy</b>, wait 10 s, send <b>10</b>: two trial calls succeed and the circuit
            closes.
          </li>
        </ol>
      </header>

      <UpstreamSwitch upstream={status?.upstream} onChange={refresh} />

      <section aria-labelledby="traffic">
        <h2 id="traffic">2. Send traffic</h2>
        {regions.length > 1 && (
          <p className="hint">
            <label>
              to{" "}
              <select value={target} onChange={({ target: { value } }) => setTarget(value)}>
                {regions.map(({ name }, index) => (
                  <option key={name} value={index}>
                    {name}
                  </option>
                ))}
                <option value="all">each in turn</option>
              </select>
            </label>
          </p>
        )}
        {uses.map((use) => (
          <TrafficRow key={use.path} use={use} busy={busy} onSend={(times) => sendAll(use, times)}>
            {use.path === "/api/payments" && (
              <label>
                <input type="checkbox" ref={broken} /> its handler throws
              </label>
            )}
          </TrafficRow>
        ))}
      </section>

      <section aria-labelledby="circuits">
        <h2 id="circuits">3. Watch the circuits</h2>
        {regions.map(({ name, circuits }, index) => (
          <div className="region" key={name}>
            {regions.length > 1 && <h3 className="hint">as {name} sees them</h3>}
            {circuits
              .filter((circuit) => index === 0 || circuit.shared)
              .map((circuit) => (
                <CircuitCard
                  key={circuit.name}
                  region={index === 0 ? undefined : name}
                  circuit={circuit}
                  onChange={refresh}
                />
              ))}
          </div>
        ))}
        {status?.store && (
          <p className="hint">
            The regions share <b>shop-api</b> through one store: asked <b data-spent>{status.store.requests}</b>{" "}
            times so far, {status.store.commands} commands to pay for.
          </p>
        )}
        <p className="hint">
          <a href="/protego" target="_blank">
            The dashboard
          </a>{" "}
          of this region (password: demo-demo-demo-demo).
        </p>
      </section>

      <AnswersTable answers={answers} />
    </main>
  );
}
