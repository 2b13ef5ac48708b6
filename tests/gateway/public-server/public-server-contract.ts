import { describe } from 'vitest';
import type { EncodeText, ListenPublicly } from '../../../gateway/public-server/public-server.ts';
import { describeAddress } from './address-suite.ts';
import { describeAdmission } from './admission-suite.ts';
import { describeBrokenFrames } from './broken-frame-suite.ts';
import { describeEncoded } from './encoded-suite.ts';
import { describeFloods } from './flood-suite.ts';
import { describeFrames } from './frame-suite.ts';
import { describeHandshakes } from './handshake-suite.ts';
import { describeHttpBytes } from './http-bytes-suite.ts';
import { describeHttpConnections } from './http-connection-suite.ts';
import { describeHttp } from './http-suite.ts';
import { describeIdleTimeout } from './idle-timeout-suite.ts';
import { describeSocketEnds } from './socket-end-suite.ts';

/** What every adapter of the public-server port does, over real sockets. */
export function describePublicServer(name: string, listen: ListenPublicly, encodeText: EncodeText): void {
  describe(name, () => {
    describeAddress(listen);
    describeHttp(listen);
    describeHttpBytes(listen);
    describeHttpConnections(listen);
    describeHandshakes(listen);
    describeAdmission(listen);
    describeFrames(listen);
    describeBrokenFrames(listen);
    describeFloods(listen);
    describeEncoded(listen, encodeText);
    describeSocketEnds(listen);
    describeIdleTimeout(listen);
  });
}
