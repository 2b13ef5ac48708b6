import { z } from 'zod';
import { milliseconds, postgresUrl, seconds } from '../platform/configuration/option.ts';
import { eventStoreConfiguration } from '../platform/event-store/configuration.ts';
import { messageBusConfiguration } from '../platform/message-bus/configuration.ts';
import { processConfiguration } from '../platform/service/process-configuration.ts';

/** What the projection service reads from the environment. */
export const projectionConfiguration = z.object({
  /** How far back resume reaches: older feed entries are trimmed. */
  FEED_RETENTION_S: seconds().default(86_400),
  /**
   * Writes of rows begin at least this far apart, but when somebody waits for one: users are told before, and few rows at a
   * time cost most per row.
   */
  WRITE_INTERVAL_MS: milliseconds().default(10),
});

export type ProjectionConfiguration = Readonly<z.output<typeof projectionConfiguration>>;

/** What a projection service that is a process of its own reads besides. */
export const projectionProcessConfiguration = z.object({
  ...processConfiguration({ opsPort: 8092, logLevel: 'info' }).shape,
  ...projectionConfiguration.shape,
  ...eventStoreConfiguration.shape,
  ...messageBusConfiguration.shape,
  /** Of the read models and the keys. */
  DATABASE_URL: postgresUrl(),
});

/** One is held by the leading projector; on the others it keeps its lease, trims the feed and looks after it. */
export const PROJECTION_CONNECTIONS = 4;

/**
 * Of a projection service's connections. A batch takes milliseconds; one that takes longer than this is in trouble, or the
 * network has swallowed it, and the term begins anew.
 */
export const STATEMENT_TIMEOUT_MS = 30_000;

/** What operators need not set; tests shorten them. */
export interface ProjectionLimits {
  /** Events at most that are read and folded at once: beyond it a batch only takes longer. */
  readonly batchSize: number;
  /** Events whose rows are not written yet, at most; beyond it the projector waits, and the log with it. */
  readonly unwrittenEvents: number;
  /** How often a follower tries to take over. */
  readonly pollMs: number;
  /** A leader that is seen to be silent for so long is replaced, within one and a half `pollMs` more. */
  readonly leaseMs: number;
  /** How often old feed entries are looked for, and how many are removed at a time. */
  readonly trimEveryMs: number;
  readonly trimRows: number;
  /** Behind the log for longer than this, the service is not ready. */
  readonly behindLimitMs: number;
}

export const DEFAULT_LIMITS: ProjectionLimits = Object.freeze({
  batchSize: 500,
  unwrittenEvents: 2000,
  pollMs: 500,
  leaseMs: 3000,
  trimEveryMs: 60_000,
  trimRows: 2000,
  behindLimitMs: 10_000,
});
