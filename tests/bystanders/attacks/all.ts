import { abandonedRequests } from './abandoned-requests.ts';
import type { Attack } from './attack.ts';
import { deepOffsets } from './deep-offsets.ts';
import { idleConnections } from './idle-connections.ts';
import { largestFrames } from './largest-frames.ts';
import { manySockets } from './many-sockets.ts';
import { pingFlood } from './ping-flood.ts';
import { unfinishedSignups } from './unfinished-signups.ts';

export const attacks = {
  'largest frames': largestFrames,
  'ping flood': pingFlood,
  'many sockets': manySockets,
  'deep offsets': deepOffsets,
  'abandoned requests': abandonedRequests,
  'unfinished signups': unfinishedSignups,
  'idle connections': idleConnections,
} satisfies Record<string, Attack>;

export type AttackName = keyof typeof attacks;
