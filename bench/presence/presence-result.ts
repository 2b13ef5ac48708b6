import { z } from 'zod';
import { stormResult } from '../load-generator/storm.ts';
import { spread } from '../measures/spread.ts';
import { machine } from '../report/machine.ts';

const storm = stormResult.extend({
  /** Of how many others each tab says that it watches them; null: it says nothing, and hears of everybody. */
  watched: z.number().nullable(),
  /** Of all server processes, before the first tab and at most; null where it cannot be told. */
  bytesBefore: z.number().nullable(),
  bytesAtMost: z.number().nullable(),
  /** Processor seconds of server and database, and of the generator, from the first tab until all was heard. */
  processorS: z.number(),
  generatorS: z.number(),
});

/** Of one tab that comes and goes. */
const connecting = z.object({
  /** Processor milliseconds of server and database. */
  processor: spread,
  /** Until it is welcomed, with so many others beside it; milliseconds: the median of each round. */
  welcome: spread,
});

const logVolume = z.object({
  users: z.number(),
  /** Of one user on one day. */
  events: z.number(),
  /** Of an event, with its indexes, before anything is trimmed. */
  bytesPerEvent: z.number(),
  /** What all have left when each day is over and all is trimmed that can go; with indexes, vacuumed as autovacuum would. */
  keptBytes: z.array(z.number()),
});

/** All that one run has found out; what `results/*.json` holds. */
export const presenceReport = z.object({
  /** ISO 8601. */
  date: z.string(),
  /** As in `benchReport`. */
  commit: z.string(),
  machine,
  durationS: z.number(),
  sockets: z.number(),
  withinS: z.number(),
  /** After the last tab has begun to connect, at most. */
  listenS: z.number(),
  storms: z.array(storm),
  /** How many events stand in each user's presence stream in the one history and in the other. */
  histories: z.tuple([z.number(), z.number()]),
  connecting: z.tuple([connecting, connecting]),
  volume: logVolume,
});

export type Storm = z.infer<typeof storm>;
export type Connecting = z.infer<typeof connecting>;
export type LogVolume = z.infer<typeof logVolume>;
export type PresenceReport = z.infer<typeof presenceReport>;
