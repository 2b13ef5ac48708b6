import type pg from 'pg';
import type { Logger } from 'pino';
import type { Clock } from '../platform/clock.ts';
import { jittered, pause } from '../platform/pause.ts';
import { trimFeed } from '../read-models/feed/trim-feed.ts';
import type { ProjectionLimits } from './configuration.ts';

/** Breathing space between two removals of a backlog. */
const BETWEEN_MS = 20;

/** Housekeeping of the feed until `signal` aborts. Never rejects: what fails is tried again the next time. */
export async function keepTrimming(options: {
  readonly pool: pg.Pool;
  readonly schema: string;
  readonly retentionS: number;
  readonly limits: ProjectionLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { pool, schema, retentionS, limits, clock, logger, signal } = options;
  while (!signal.aborted) {
    try {
      const before = new Date(clock().getTime() - retentionS * 1000);
      while (!signal.aborted && (await trimFeed(pool, schema, before, limits.trimRows)) >= limits.trimRows) {
        await pause(BETWEEN_MS, signal);
      }
    } catch (error) {
      logger.warn({ err: error }, 'feed not trimmed');
    }
    await pause(jittered(limits.trimEveryMs), signal);
  }
}
