import type pg from 'pg';
import type { Clock } from '../platform/clock.ts';
import { migrateReadModels } from '../read-models/migrate.ts';
import { followLog } from './follow-log.ts';
import { keepTrimming } from './keep-trimming.ts';
import { LeadershipLost, type Pause, waitForLeadership } from './leadership.ts';
import { type ProjectionParts, projectLog } from './project-log.ts';
import { answerPublished } from './publisher.ts';

export interface TermOptions {
  readonly pool: pg.Pool;
  readonly schema: string;
  readonly clock: Clock;
  readonly retentionS: number;
  /** Ends the term in peace. */
  readonly signal: AbortSignal;
  /** Ends it because pushes may have been lost: the next term begins with publishing them again. */
  readonly interrupted: AbortSignal;
  /** It follows, or leads. */
  readonly onStanding: () => void;
}

/**
 * Makes the tables, waits for the leadership and projects. A leader goes on from the checkpoint, so it publishes again
 * what an earlier one has published and not written. Receivers that have it already see that by its cursors. Rejects with
 * `LeadershipLost` also when an operator has put other read models in use.
 */
export async function serveTerm(parts: ProjectionParts, options: TermOptions): Promise<void> {
  const { pool, schema, clock, retentionS, signal, interrupted, onStanding } = options;
  const { limits, standing, logger } = parts;
  await migrateReadModels(pool, schema);
  const onWaiting = (silentMs: number) => {
    standing.following(silentMs < limits.leaseMs ? null : 'the leading projection service is silent');
    onStanding();
  };
  const onLapsed = (silentMs: number) => logger.warn({ schema, silentMs }, 'a silent leader is replaced');
  const onPaused = (pause: Pause) => {
    standing.following(pauseTrouble(pause));
    onStanding();
  };
  const waiting = { signal, limits, onWaiting, onLapsed, onPaused };
  const leadership = await waitForLeadership(pool, schema, waiting);
  if (!leadership) return;
  const over = new AbortController();
  const untilOver = AbortSignal.any([signal, interrupted, leadership.lost, leadership.paused, over.signal]);
  const trimming = keepTrimming({ pool, schema, retentionS, limits, clock, logger, signal: untilOver });
  try {
    if (leadership.superseded) throw new LeadershipLost('other read models are in use');
    await followLog(leadership, parts.store);
    standing.leading(leadership.position);
    logger.info(
      { schema, epoch: String(leadership.epoch), position: String(leadership.position) },
      'leading',
    );
    onStanding();
    const { epoch } = leadership;
    const answering = await answerPublished(parts.bus, () => ({
      epoch,
      position: leadership.published,
    }));
    try {
      await projectLog(leadership, parts, { signal: untilOver, interrupted });
    } finally {
      await answering.unsubscribe();
    }
    if (leadership.lost.aborted) throw new LeadershipLost('the lock or its lease was lost');
  } finally {
    over.abort();
    await trimming;
    await leadership.release();
  }
}

/** Who only waits for an operator's short work follows it, as it would another leader. */
const pauseTrouble = ({ since, isShort }: Pause): string | null =>
  isShort
    ? null
    : `paused by an operator since ${since.toISOString()}, resume with \`rally projections resume\``;
