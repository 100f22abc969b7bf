import Link from "next/link";
import type { ReactNode } from "react";
import type { ShopAnswer } from "../../lib/shop.ts";

/** What every page of the shop shows: the goods, and which of the upstream's answers they come from. */
export function GoodsPage({
  title,
  data,
  children,
}: {
  title: string;
  data: ShopAnswer;
  children: ReactNode;
}) {
  return (
    <main className="goods">
      <p>
        <Link href="/">← demo</Link>
      </p>
      <h1>{title}</h1>
      {children}
      <ul className="list">
        {data.items.map(({ name, price }) => (
          <li key={name}>
            {name} <b>{price.toFixed(2)} €</b>
          </li>
        ))}
      </ul>
      <p className="hint">
        Answer no. <b data-answer>{data.answer}</b> of the shop API, given at {data.at.slice(11, 19)} UTC.
      </p>
    </main>
  );
}
