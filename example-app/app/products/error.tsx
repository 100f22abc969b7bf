"use client";

import { isCircuitOpenError, retryAfterSeconds } from "next-protego/errors";
import Link from "next/link";
import { Countdown } from "./countdown.tsx";

export default function ProductsError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main className="goods">
      <p>
        <Link href="/">← demo</Link>
      </p>
      {isCircuitOpenError(error) ? (
        <>
          <h1>The shop is taking a short break</h1>
          <p>
            It has been in trouble, so we are not asking it just now.{" "}
            <Countdown key={error.digest} seconds={retryAfterSeconds(error) ?? 0} />
          </p>
        </>
      ) : (
        <>
          <h1>The shop did not answer</h1>
          <p>That was not your fault. You can try again right away.</p>
        </>
      )}
      <button type="button" onClick={retry}>
        Try again
      </button>
    </main>
  );
}
