import { describe } from 'vitest';
import type { ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { describeAddress } from './address-suite.ts';
import { describeFrames } from './frame-suite.ts';
import { describeHandshakes } from './handshake-suite.ts';
import { describeHttp } from './http-suite.ts';
import { describeIdleTimeout } from './idle-timeout-suite.ts';
import { describeSocketEnds } from './socket-end-suite.ts';

/** What every adapter of the public-server port does, over real sockets. */
export function describePublicServer(name: string, listen: ListenPublicly): void {
  describe(name, () => {
    describeAddress(listen);
    describeHttp(listen);
    describeHandshakes(listen);
    describeFrames(listen);
    describeSocketEnds(listen);
    describeIdleTimeout(listen);
  });
}
