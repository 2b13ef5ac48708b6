import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where a process answers for its health. */
export interface OpsAddress {
  readonly host: string;
  readonly port: number;
}

/** null: ready. Otherwise why not, in a few words. */
export async function whyNotReady({ host, port }: OpsAddress): Promise<string | null> {
  try {
    const answer = await fetch(`http://${host}:${port}/health/ready`, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? null : (await answer.text()).trim();
  } catch {
    return 'does not answer';
  }
}

/** A port of the loopback interface that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : freePort();
}
