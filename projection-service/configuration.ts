import { z } from 'zod';
import { seconds } from '../platform/configuration/option.ts';

/** What the projection service reads from the environment. */
export const projectionConfiguration = z.object({
  /** How far back resume reaches: older feed entries are trimmed. */
  FEED_RETENTION_S: seconds().default(86_400),
});

export type ProjectionConfiguration = Readonly<z.output<typeof projectionConfiguration>>;

/** What operators need not set; tests shorten them. */
export interface ProjectionLimits {
  /** Events at most in one transaction: beyond it a batch only takes longer. */
  readonly batchSize: number;
  /** While there is no backlog, batches start at least this far apart: few events at a time cost most per event. */
  readonly paceMs: number;
  /** How often a follower tries to take over. */
  readonly pollMs: number;
  /** How often old feed entries are looked for, and how many are removed at a time. */
  readonly trimEveryMs: number;
  readonly trimRows: number;
  /** Behind the log for longer than this, the service is not ready. */
  readonly behindLimitMs: number;
}

export const DEFAULT_LIMITS: ProjectionLimits = Object.freeze({
  batchSize: 500,
  paceMs: 2,
  pollMs: 500,
  trimEveryMs: 60_000,
  trimRows: 2000,
  behindLimitMs: 10_000,
});
