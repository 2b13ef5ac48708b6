import { z } from 'zod';
import { seconds, wholeNumber } from '../configuration/option.ts';

/** Whose members gateways are. */
export const GATEWAYS = 'gateways';

/** What gateways do and housekeeping judges by: the same in all of them. */
export const livenessConfiguration = z.object({
  /**
   * A gateway says three times in it that it lives. One that has not for so long is taken for dead, and its tabs do not count any
   * more: a gateway that comes back after that has its tabs come again.
   */
  SESSION_LEASE_S: wholeNumber({ min: 2, max: 300 }).default(10),
  /** A tab from whose user nothing has come for so long, by frame or by request, stays, but does not count any more. */
  INACTIVITY_LIMIT_S: seconds().default(1800),
});

export type LivenessConfiguration = Readonly<z.output<typeof livenessConfiguration>>;
