import { afterEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, type ProtectedFetchOptions } from "../../src/index.ts";
import { testClock } from "../../src/testing.ts";
import { fakeApi, rejectionOf } from "./fake-api.ts";
import { type Sdk, sdk, sdks } from "./sdks.ts";

const api = fakeApi();

let serial = 0;

/** A protected fetch for an upstream that never answers. */
function hungUpstream(options: ProtectedFetchOptions) {
  const name = `hung ${++serial}`;
  let arrived = (): void => {};
  api.handler = () => arrived();
  return {
    fetch: createProtectedFetch({ name, failureThreshold: 3, ...options }),
    /** Settles when the upstream has the next request. */
    request: () => new Promise<void>((resolve) => (arrived = resolve)),
    state: () => circuits.get(name)!.state,
    totals: () => circuits.get(name)!.snapshot().totals,
  };
}

const withTimeout = ["ky", "axios", "OpenAI", "Stripe", "ofetch", "supabase-js"].map(sdk);
/** urql has its own, which it aborts for whoever unsubscribes. */
const takesNoSignal = ["Stripe", "urql", "TanStack Query"];
const withSignal = sdks.filter(({ name }) => !takesNoSignal.includes(name));

afterEach(() => void vi.useRealTimers());

/** Three calls that hang for so long. */
async function threeCalls(
  { load }: Sdk,
  { fetch, request }: ReturnType<typeof hungUpstream>,
  ms: number,
  timeoutMs?: number,
): Promise<void> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  for (let call = 0; call < 3; call++) {
    const arrived = request();
    const answer = rejectionOf(load({ origin: api.origin, fetch, retries: false, ...only({ timeoutMs }) }));
    // oxlint-disable no-await-in-loop
    await arrived;
    await vi.advanceTimersByTimeAsync(ms);
    await answer;
    // oxlint-enable no-await-in-loop
  }
}

const only = ({ timeoutMs }: { timeoutMs: number | undefined }) =>
  timeoutMs === undefined ? {} : { timeoutMs };

const three = { failed: 3, ignored: 0 };

describe.each(withTimeout)("$name's own timeout", (each) => {
  test("opens the circuit of a hung upstream after as many calls as failureThreshold says", async () => {
    const upstream = hungUpstream({});
    await threeCalls(each, upstream, 6100, 6000);
    expect([upstream.state(), upstream.totals()]).toEqual(["open", expect.objectContaining(three)]);
    expect(api.hits).toBe(3);
  });

  test("opens it where neither it nor the wrapper's is configured", async () => {
    const upstream = hungUpstream({});
    await threeCalls(each, upstream, 10_100);
    expect([upstream.state(), upstream.totals()]).toEqual(["open", expect.objectContaining(three)]);
  });

  test("opens it when it is as long as the wrapper's", async () => {
    const upstream = hungUpstream({ timeout: "3s" });
    await threeCalls(each, upstream, 3100, 3000);
    expect([upstream.state(), upstream.totals()]).toEqual(["open", expect.objectContaining(three)]);
  });

  test("opens it by slowAbort where the wrapper has no timeout", async () => {
    const upstream = hungUpstream({ timeout: false, slowAbort: "1s" });
    await threeCalls(each, upstream, 1600, 1500);
    expect(upstream.state()).toBe("open");
  });
});

test("ofetch and the AI SDK say that it was a deadline: theirs count without slowAbort", async () => {
  for (const each of [sdk("ofetch"), sdk("AI SDK")]) {
    const { fetch, totals } = hungUpstream({ timeout: false, slowAbort: false });
    const hung = { origin: api.origin, fetch, retries: false, timeoutMs: 20 } as const;
    // oxlint-disable-next-line no-await-in-loop
    await rejectionOf(each.load(hung));
    expect(totals()).toMatchObject({ failed: 1, ignored: 0 });
  }
});

const ofAController = withTimeout.filter(({ name }) => name !== "ofetch");

test.each(ofAController)("$name's timeout does not count where slowAbort is false", async (each) => {
  const upstream = hungUpstream({ slowAbort: false });
  await threeCalls(each, upstream, 6100, 6000);
  expect([upstream.state(), upstream.totals()]).toEqual([
    "closed",
    expect.objectContaining({ failed: 0, ignored: 3 }),
  ]);
});

describe.each(withSignal)("visitors of $name", ({ load }) => {
  test("who leave early never count", async () => {
    const { fetch, request, state, totals } = hungUpstream({ clock: testClock() });
    for (let visitor = 0; visitor < 5; visitor++) {
      const controller = new AbortController();
      const arrived = request();
      const answer = rejectionOf(
        load({ origin: api.origin, fetch, signal: controller.signal, retries: false }),
      );
      // oxlint-disable no-await-in-loop
      await arrived;
      controller.abort();
      await answer;
    }
    expect([state(), totals()]).toEqual(["closed", expect.objectContaining({ failed: 0, ignored: 5 })]);
  });

  test("who leave after more than half the timeout do", async () => {
    const clock = testClock();
    const { fetch, request, state } = hungUpstream({ clock, timeout: "10s" });
    for (let visitor = 0; visitor < 3; visitor++) {
      const controller = new AbortController();
      const arrived = request();
      const answer = rejectionOf(
        load({ origin: api.origin, fetch, signal: controller.signal, retries: false }),
      );
      await arrived;
      clock.advance("6s");
      controller.abort();
      await answer;
      // oxlint-enable no-await-in-loop
    }
    expect(state()).toBe("open");
  });
});
