import { spawnSync } from 'node:child_process';
import { limitLoopOnEventStoreDb, startLimitLoop, startPeerLoop } from './loops.ts';
import { rallyOnEventStoreDb, startRally, startRallyDistributed } from './rally.ts';
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

interface Candidate extends Entrant {
  readonly needsNats?: boolean;
}

const CANDIDATES: readonly Candidate[] = [
  { name: 'rally', start: startRally },
  { name: 'rally distributed', start: startRallyDistributed, needsNats: true },
  { name: 'limit loop', start: startLimitLoop },
  { name: 'socket.io peer', start: startPeerLoop },
];

const candidatesOnEventStoreDb = (url: string): readonly Candidate[] => [
  { name: 'rally on EventStoreDB', start: rallyOnEventStoreDb(url) },
  { name: 'limit on EventStoreDB', start: limitLoopOnEventStoreDb(url) },
];

const WITHOUT_NATS = 'there is no nats-server on the PATH (Debian: apt-get install nats-server)';

/** Without the URL of an EventStoreDB nobody is missed who needs one. */
export function findField(eventStoreUrl: string | undefined): Field {
  const natsIsThere = spawnSync('nats-server', ['--version']).status === 0;
  const candidates = [...CANDIDATES, ...(eventStoreUrl ? candidatesOnEventStoreDb(eventStoreUrl) : [])];
  const canStart = ({ needsNats }: Candidate) => natsIsThere || !needsNats;
  return {
    present: candidates.filter(canStart),
    absent: candidates.filter((one) => !canStart(one)).map(({ name }) => ({ name, why: WITHOUT_NATS })),
  };
}
