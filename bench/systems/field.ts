import { spawnSync } from 'node:child_process';
import { startLimitLoop, startPeerLoop } from './loops.ts';
import { startRally, startRallyDistributed } from './rally.ts';
import type { StartSystem, SystemName } from './system-under-test.ts';

/** All who take part, in the order in which they take turns, and who cannot. */
export interface Field {
  readonly present: readonly Entrant[];
  readonly absent: readonly Absent[];
}

export interface Entrant {
  readonly name: SystemName;
  readonly start: StartSystem;
}

export interface Absent {
  readonly name: SystemName;
  /** For people. */
  readonly why: string;
}

const WITHOUT_NATS = 'there is no nats-server on the PATH (Debian: apt-get install nats-server)';

export function findField(): Field {
  const natsIsThere = spawnSync('nats-server', ['--version']).status === 0;
  const distributed: Entrant = { name: 'rally distributed', start: startRallyDistributed };
  return {
    present: [
      { name: 'rally', start: startRally },
      ...(natsIsThere ? [distributed] : []),
      { name: 'limit loop', start: startLimitLoop },
      { name: 'socket.io peer', start: startPeerLoop },
    ],
    absent: natsIsThere ? [] : [{ name: distributed.name, why: WITHOUT_NATS }],
  };
}
