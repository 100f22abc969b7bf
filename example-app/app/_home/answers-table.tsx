import type { Answer } from "./send.ts";

export function AnswersTable({ answers }: { answers: readonly Answer[] }) {
  return (
    <section aria-labelledby="answers" className="answers">
      <h2 id="answers">4. What was answered</h2>
      {answers.length === 0 ? (
        <p className="hint">Nothing yet: send some traffic.</p>
      ) : (
        <>
          <p className="hint">Hits: calls that reached the shop API meanwhile.</p>
          <div className="scroll" tabIndex={0} role="region" aria-labelledby="answers">
            <table>
              <thead>
                <tr>
                  <th scope="col">#</th>
                  <th scope="col">Asked</th>
                  <th scope="col">Status</th>
                  <th scope="col">Answer</th>
                  <th scope="col">Took</th>
                  <th scope="col">Hits</th>
                </tr>
              </thead>
              <tbody>
                {answers.map(({ id, title, region, status, kind, detail, ms, hits }) => (
                  <tr key={id} data-kind={kind}>
                    <td>{id}</td>
                    <td>
                      {title} {region && <small>in {region}</small>}
                    </td>
                    <td>{status}</td>
                    <td>
                      <span className={`badge ${kind}`}>{kind}</span> <small>{detail}</small>
                    </td>
                    <td className="number">{ms} ms</td>
                    <td className="number">{hits}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}
