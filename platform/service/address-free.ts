import { once } from 'node:events';
import { createServer } from 'node:net';
import { AddressUnavailable } from '../gateway/public-server/public-server.ts';

/** Rejects with `AddressUnavailable`: told at once, rather than after a database has been started for nothing. */
export async function assertAddressFree(host: string, port: number): Promise<void> {
  const server = createServer().listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${code})`;
    throw new AddressUnavailable(`PORT: ${host}:${port} ${why}`);
  }
  server.close();
  await once(server, 'close');
}
