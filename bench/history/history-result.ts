import { z } from 'zod';
import { pageLoadResult } from '../load-generator/page-load.ts';
import { spread } from '../measures/spread.ts';

/** Processor seconds of server and database per 1,000. */
const historyCosts = z.object({ sends: spread, connects: spread, pages: spread });

const flatness = z.object({
  messages: z.tuple([z.number(), z.number()]),
  costs: z.tuple([historyCosts, historyCosts]),
  /** Until Rally is ready, with all rows there; milliseconds. */
  starts: z.tuple([spread, spread]),
});

/** Of each measure null: it was left out. */
export const historyResult = z.object({
  rebuild: z.object({ events: z.number(), eventsPerS: z.number() }).nullable(),
  /** With all messages stored, pages of 30. */
  messagePages: pageLoadResult.nullable(),
  chatPages: pageLoadResult.nullable(),
  /** The same work with few messages stored, and with all of them. */
  flatness: flatness.nullable(),
});

export type HistoryCosts = z.infer<typeof historyCosts>;
export type Flatness = z.infer<typeof flatness>;
export type HistoryResult = z.infer<typeof historyResult>;
