import { pino } from 'pino';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { migrateReadModels } from '../../read-models/migrate.ts';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';

/** Far more often than a leader that is silent is replaced. */
const BEAT_MS = 200;

export interface HeldReadModels {
  /** From now on they are filled. Can be repeated. */
  release(): Promise<void>;
}

/** As after an upgrade: the read models of a database are empty. Nobody gets to fill them before `release`. */
export async function holdReadModels(url: string): Promise<HeldReadModels> {
  const logger = pino({ level: 'silent' });
  const pool = createPostgresPool({ url, applicationName: 'test', max: 2, logger });
  await pool.query(`drop schema if exists ${READ_SCHEMA} cascade`);
  await migrateReadModels(pool, READ_SCHEMA);
  const holder = await pool.connect();
  await holder.query('select pg_advisory_lock(hashtextextended($1, 0))', [`projection into ${READ_SCHEMA}`]);
  // As a leader that lives: a silent one would be put out.
  const beating = setInterval(() => {
    pool.query(`update ${READ_SCHEMA}.lease set beat = beat + 1`).catch(() => {});
  }, BEAT_MS);
  let held = true;
  return {
    async release() {
      if (!held) return;
      held = false;
      clearInterval(beating);
      holder.release(true);
      await pool.end();
    },
  };
}
