import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** This port, or the next one that is free, with a word about it. For 0 one that the system chooses. */
export async function freePort(wanted: number): Promise<number> {
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535) {
    throw new RangeError("DEMO_PORT must be a port number");
  }
  if (wanted === 0) return anyPort();
  for (let port = wanted; port <= Math.min(wanted + 50, 65_535); port++) {
    if (!(await isFree(port))) continue;
    if (port !== wanted) console.log(`  port ${wanted} is taken, so it will be ${port}`);
    return port;
  }
  throw new Error(`no free port from ${wanted} on; set DEMO_PORT to another`);
}

async function anyPort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
