import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { ok, serveHttp } from './test-server.ts';

const GOES: Record<string, (client: Socket) => void> = {
  'resets its connection': (client) => client.resetAndDestroy(),
  'closes its connection': (client) => client.destroy(),
};

export function describeAbandoned(listen: ListenPublicly): void {
  it.each(Object.keys(GOES))('a request is abandoned once its client %s, and not before', async (how) => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { server, url, requests } = await serveHttp(listen, async ({ method }) => {
      if (method === 'POST') await held;
      return ok();
    });
    const client = connect(server.port, '127.0.0.1');
    await once(client, 'connect');
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}');
    await expect.poll(() => requests.length).toBe(1);
    expect(requests[0]?.isAbandoned()).toBe(false);
    GOES[how]?.(client);
    await expect.poll(() => requests[0]?.isAbandoned()).toBe(true);
    release();
    expect((await fetch(url)).status).toBe(200);
    expect(requests[1]?.isAbandoned()).toBe(false);
  });
}
