"use client";

import { useEffect, useState } from "react";

export function Countdown({ seconds }: { seconds: number }) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => setLeft((now) => Math.max(0, now - 1)), 1000);
    return () => clearInterval(timer);
  }, []);
  return <b role="timer">{left > 0 ? `Please come back in ${left} s.` : "You can try again now."}</b>;
}
