import { Agent, request } from "node:http";
import autocannon from "autocannon";

export interface Answered {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

/** Users who ask again as soon as they are answered: how much is served, and how fast. */
export async function closedLoop(url: string, users: number, until: number): Promise<Answered[]> {
  const found: Answered[] = [];
  const duration = Math.max(1, (until - performance.now()) / 1000);
  await new Promise<void>((done) => {
    const load = autocannon({ url, connections: users, duration, timeout: 60 }, () => done());
    load.on("response", (_client, status, _bytes, ms) =>
      found.push({ at: performance.now() - ms, ms, status }),
    );
  });
  return found;
}

/**
 * Users who come whether or not the ones before them have been answered, as they do in an outage; to each of these
 * addresses in turn, as a balancer sends them. A load generator with a number of connections waits with the guard.
 */
export async function steadyArrivals(
  urls: readonly string[],
  perSecond: number,
  until: number,
): Promise<Answered[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const asked: Array<Promise<Answered>> = [];
  const from = performance.now();
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const now = performance.now();
      // By the clock, not by the ticks: a busy machine must not make the load smaller.
      const due = ((Math.min(now, until) - from) / 1000) * perSecond;
      while (asked.length < due) asked.push(ask(urls[asked.length % urls.length]!, agent));
      if (now < until) return;
      clearInterval(timer);
      done();
    }, 10);
  });
  const found = await Promise.all(asked);
  agent.destroy();
  return found;
}

/** Status 0 for a connection that broke. */
function ask(url: string, agent: Agent): Promise<Answered> {
  const at = performance.now();
  return new Promise((resolve) => {
    const answered = (status: number): void => resolve({ at, ms: performance.now() - at, status });
    request(url, { agent }, (answer) => {
      answer.resume();
      answer.on("end", () => answered(answer.statusCode ?? 0));
      answer.on("error", () => answered(0));
    })
      .on("error", () => answered(0))
      .end();
  });
}
