import { rebuild } from '../../projection-service/rebuild.ts';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';
import type { StoppedRally } from './stopped-rally.ts';

const MS_PER_S = 1000;

export interface RebuildRate {
  readonly events: number;
  readonly eventsPerS: number;
}

/** Projects what the read models have not seen yet, as `ops rebuild` would, then tidies up as autovacuum would later. */
export async function rebuildReadModels({ store, pool }: StoppedRally): Promise<RebuildRate> {
  const startedAt = performance.now();
  const { signal } = new AbortController();
  const { events } = await rebuild({ store, pool, schema: READ_SCHEMA, signal });
  const eventsPerS = events / ((performance.now() - startedAt) / MS_PER_S);
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
  return { events, eventsPerS };
}
