import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import pg from 'pg';

/** The way to a PostgreSQL whose answers take their time. */
export interface SlowConnection {
  readonly url: string;
  /** How late what the server says arrives, in milliseconds, for each piece anew; in order. Not at all late at first. */
  delayMs: () => number;
  close(): void;
}

export async function openSlowConnection(to: string): Promise<SlowConnection> {
  const { host, port, user, password, database } = new pg.Client({ connectionString: to });
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    let before = Promise.resolve();
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (piece) => {
      const delayMs = connection.delayMs();
      const late = delayMs > 0 ? new Promise((resolve) => setTimeout(resolve, delayMs)) : undefined;
      before = before.then(() => late).then(() => void near.write(piece));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const listening = address && typeof address === 'object' ? address.port : 0;
  const connection: SlowConnection = {
    url: `postgres://${user}:${password}@127.0.0.1:${listening}/${database}`,
    delayMs: () => 0,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return connection;
}
