import { describe, expect, it } from 'vitest';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { connect, serveSockets } from './test-server.ts';

/** The shortest that uWebSockets can. */
const IDLE_TIMEOUT_S = 8;

export function describeIdleTimeout(listen: ListenPublicly): void {
  describe('the idle timeout', () => {
    it('spares a client that answers pings and ends one that is dead', async () => {
      const { url, sockets } = await serveSockets(listen, undefined, { idleTimeoutS: IDLE_TIMEOUT_S });
      const alive = connect(`${url}?alive`);
      await alive.opened;
      let pings = 0;
      alive.socket.on('ping', () => {
        pings += 1;
      });
      const dead = connect(`${url}?dead`, [], { autoPong: false });
      await dead.opened;
      expect((await dead.ended).code).toBe(1006);
      expect(pings).toBeGreaterThan(0);
      await expect.poll(() => sockets.map((seen) => seen.closed)).toEqual([0, 1]);
      sockets[0]?.socket.send('well?');
      await expect.poll(() => alive.frames).toEqual(['well?']);
    });
  });
}
