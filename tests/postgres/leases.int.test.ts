import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLease, migrateLeases } from '../../platform/postgres/leases.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { eventually, PATIENCE_MS } from '../support/patience.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

describe('a lease', () => {
  let database: TestDatabase;
  let pool: ReturnType<typeof createPostgresPool>;
  beforeAll(async () => {
    database = await createTestDatabase();
    const logger = pino({ level: 'silent' });
    pool = createPostgresPool({ url: database.url, applicationName: 'test', max: 8, logger });
    await Promise.all([1, 2, 3].map(() => migrateLeases(pool)));
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const leaseOf = (name: string, holder: string, lapseMs = PATIENCE_MS) =>
    createLease({ pool, name, holder, lapseMs });

  it('is held by one of many who claim it at the same time, and by the same one when all claim it again', async () => {
    const claimants = ['ann', 'bob', 'cid', 'dan'].map((holder) => leaseOf('one of many', holder));
    const claimed = await Promise.all(claimants.map((lease) => lease.claim()));
    expect(claimed.filter((held) => held)).toHaveLength(1);
    expect(await Promise.all(claimants.map((lease) => lease.claim()))).toEqual(claimed);
  });

  it('can be claimed at once when its holder releases it, and by nobody when another one does', async () => {
    const [ann, bob] = [leaseOf('released', 'ann'), leaseOf('released', 'bob')];
    expect(await ann.claim()).toBe(true);
    await bob.release();
    expect(await bob.claim()).toBe(false);
    await ann.release();
    expect(await bob.claim()).toBe(true);
    expect(await ann.claim()).toBe(false);
  });

  it('lapses when it is not renewed, and its holder learns that it has lost it', async () => {
    const [ann, bob] = [leaseOf('lapsed', 'ann', 50), leaseOf('lapsed', 'bob')];
    expect(await ann.claim()).toBe(true);
    await eventually(async () => expect(await bob.claim()).toBe(true));
    expect(await ann.claim()).toBe(false);
  });

  it('is prolonged by each claim', async () => {
    const ann = leaseOf('prolonged', 'ann');
    const expiresAt = async () => {
      expect(await ann.claim()).toBe(true);
      const { rows } = await pool.query(`select expires_at from leases.leases where name = 'prolonged'`);
      return rows[0].expires_at;
    };
    const first = await expiresAt();
    expect((await expiresAt()).getTime()).toBeGreaterThan(first.getTime());
  });

  it('is one of many, each of which has a holder of its own', async () => {
    expect(await leaseOf('first', 'ann').claim()).toBe(true);
    expect(await leaseOf('second', 'bob').claim()).toBe(true);
  });
});
