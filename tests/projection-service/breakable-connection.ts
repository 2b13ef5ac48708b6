import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import pg from 'pg';

/** The way to a PostgreSQL, which a test can cut and mend. */
export interface BreakableConnection {
  readonly url: string;
  /** Breaks what is open and lets nothing through. */
  cut(): void;
  /** Swallows everything from now on and breaks nothing, as a network does that drops packets. */
  swallow(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openBreakableConnection(to: string): Promise<BreakableConnection> {
  const { host, port, user, password, database } = new pg.Client({ connectionString: to });
  const open = new Set<Socket>();
  let whole = true;
  let swallowing = false;
  const server = createServer((socket) => {
    if (!whole) {
      socket.destroy();
      return;
    }
    const onwards = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    for (const [end, other] of [
      [socket, onwards],
      [onwards, socket],
    ] as const) {
      open.add(end);
      end.on('data', (chunk) => swallowing || other.write(chunk));
      end.on('error', () => other.destroy());
      end.on('close', () => {
        open.delete(end);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const listening = address && typeof address === 'object' ? address.port : 0;
  const cut = () => {
    whole = false;
    for (const socket of open) socket.destroy();
  };
  return {
    url: `postgres://${user}:${password}@127.0.0.1:${listening}/${database}`,
    cut,
    swallow: () => {
      swallowing = true;
    },
    mend: () => {
      whole = true;
      swallowing = false;
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
