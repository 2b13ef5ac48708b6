import type pg from 'pg';
import { expect } from 'vitest';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';
import { eventually } from './patience.ts';

/** With these nobody is taken for online for long whose tabs are gone, by whatever. */
export const SOON_OFFLINE = { OFFLINE_GRACE_MS: '100', SESSION_LEASE_S: '2' };

/** Resolves when all tabs are known to have gone: from then on nothing is stored that nobody asks for. */
export const untilNobodyIsOnline = (pool: pg.Pool): Promise<void> =>
  eventually(async () => {
    const { rows } = await pool.query(`select user_key from ${READ_SCHEMA}.users where is_online`);
    expect(rows).toEqual([]);
  });
