import { once } from 'node:events';
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import pg from 'pg';

/** A way to a server that can be cut, blocked or slowed down without the server's doing. */
export interface Link {
  readonly port: number;
  /** Cuts what is open; whatever was on its way is gone. New connections go through after `mend` only. */
  cut(): void;
  /** Swallows everything from now on and breaks nothing, as a network does that drops packets. */
  swallow(): void;
  /** Lets nothing through and loses nothing, as a server does that is frozen: after `mend` it goes on. */
  hold(): void;
  mend(): void;
  /** How late what the server says arrives, in milliseconds, for each piece anew; in order. Not at all late at first. */
  delayMs: () => number;
  close(): Promise<void>;
}

export async function openLink(target: NetConnectOpts): Promise<Link> {
  const open = new Set<Socket>();
  let isCut = false;
  let swallows = false;
  let holds = false;

  function join(from: Socket, to: Socket, delayMs: () => number): void {
    let before = Promise.resolve();
    open.add(from);
    if (holds) from.pause();
    from.on('data', (piece) => {
      if (swallows) return;
      const ms = delayMs();
      const late = ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;
      before = before.then(() => late).then(() => void to.write(piece));
    });
    from.on('error', () => {});
    from.on('close', () => {
      open.delete(from);
      to.destroy();
    });
  }

  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(target);
    join(near, far, () => 0);
    join(far, near, () => link.delayMs());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  const cut = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  const link: Link = {
    port: address.port,
    cut,
    swallow() {
      swallows = true;
    },
    hold() {
      holds = true;
      for (const socket of open) socket.pause();
    },
    mend() {
      isCut = false;
      swallows = false;
      holds = false;
      for (const socket of open) socket.resume();
    },
    delayMs: () => 0,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
  return link;
}

/** The way to a PostgreSQL; `url` goes through it. */
export async function openDatabaseLink(to: string): Promise<Link & { readonly url: string }> {
  const { host, port, user, password, database } = new pg.Client({ connectionString: to });
  const link = await openLink(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  return Object.assign(link, { url: `postgres://${user}:${password}@127.0.0.1:${link.port}/${database}` });
}
