/** Wrong tokens that one address may send at once. */
const burst = 10;
/** After that one more in so long. */
const perTokenMs = 6000;
const mostAddresses = 1000;

interface Guesser {
  /** Wrong tokens that are not forgiven yet. */
  wrong: number;
  at: number;
}

/** Who guesses tokens waits: counted for each address, so that a guesser shuts nobody else out. */
export class WrongTokens {
  readonly #guessers = new Map<string, Guesser>();

  /** @returns seconds that this address has to wait before a token of its is looked at; 0 when it need not */
  waitSeconds(address: string, now: number): number {
    const guesser = this.#guessers.get(address);
    if (!guesser) return 0;
    const wrong = forgiven(guesser, now);
    return wrong < burst ? 0 : Math.ceil(((wrong - burst + 1) * perTokenMs) / 1000);
  }

  count(address: string, now: number): void {
    const guesser = this.#guessers.get(address);
    const wrong = (guesser ? forgiven(guesser, now) : 0) + 1;
    // Again at the end: those that have been silent for longest are forgotten first.
    this.#guessers.delete(address);
    this.#guessers.set(address, { wrong, at: now });
    if (this.#guessers.size > mostAddresses) {
      this.#guessers.delete(this.#guessers.keys().next().value as string);
    }
  }
}

function forgiven({ wrong, at }: Guesser, now: number): number {
  return Math.max(0, wrong - Math.max(0, now - at) / perTokenMs);
}

/**
 * The address of the client as the nearest proxy tells it. Next itself writes `x-forwarded-for` where no proxy does.
 * Where nothing is told, all are one.
 */
export function addressOf({ headers }: Request): string {
  const nearest = headers.get("x-forwarded-for")?.split(",").at(-1);
  return (headers.get("cf-connecting-ip") ?? nearest ?? headers.get("x-real-ip") ?? "").trim().slice(0, 64);
}
