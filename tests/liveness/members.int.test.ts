import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMember, createMemberWatch, type MemberWatch } from '../../platform/liveness/members.ts';
import { eventually } from '../support/patience.ts';
import { useLivenessDatabase } from './liveness-database.ts';

const database = useLivenessDatabase();

const LAPSE_MS = 10_000;

/** A group of its own, with one member and somebody who watches, whose time passes when the test says so. */
async function createGroup() {
  const { pool } = database;
  const group = randomUUID();
  const time = { now: 1000 };
  const watching = () => createMemberWatch({ pool, group, lapseMs: LAPSE_MS, now: () => time.now });
  const join = async () => {
    const id = randomUUID();
    const member = createMember({ pool, group, id });
    await member.join();
    return { id, ...member };
  };
  const watch = watching();
  /** Looks every second, so that no time passes unwatched. */
  const lookFor = async (ms: number, by: MemberWatch = watch) => {
    let members = await by.look();
    for (let passed = 0; passed < ms; passed += 1000) {
      time.now += Math.min(1000, ms - passed);
      members = await by.look();
    }
    return [...members];
  };
  return { group, time, watch, watching, join, lookFor, ann: await join() };
}

describe('a member', () => {
  it('may repeat everything: it joins once, and leaves once', async () => {
    const { ann, watch } = await createGroup();
    await ann.join();
    expect(await ann.beat()).toBe(true);
    expect([...(await watch.look())]).toEqual([ann.id]);
    await ann.leave();
    await ann.leave();
    expect(await ann.beat()).toBe(false);
    expect([...(await watch.look())]).toEqual([]);
  });

  it('that has never joined cannot beat', async () => {
    const { pool } = database;
    expect(await createMember({ pool, group: 'none', id: randomUUID() }).beat()).toBe(false);
  });

  it('is one of its group alone', async () => {
    const [{ ann, lookFor }, other] = [await createGroup(), await createGroup()];
    expect(await other.lookFor(LAPSE_MS)).toEqual([]);
    expect(await lookFor(0)).toEqual([ann.id]);
    expect(await ann.beat()).toBe(true);
  });
});

describe('who watches members', () => {
  it('expels who has not beaten for the whole of a lapse, not before, and nobody else', async () => {
    const { ann, join, lookFor } = await createGroup();
    const bob = await join();
    expect(await lookFor(LAPSE_MS - 1)).toHaveLength(2);
    await bob.beat();
    expect(await lookFor(1)).toEqual([bob.id]);
    expect([await ann.beat(), await bob.beat()]).toEqual([false, true]);
  });

  it('counts from the last beat that it has seen', async () => {
    const { ann, lookFor } = await createGroup();
    for (let beats = 0; beats < 3; beats += 1) {
      expect(await lookFor(LAPSE_MS - 1)).toEqual([ann.id]);
      await ann.beat();
    }
    expect(await lookFor(LAPSE_MS - 1)).toEqual([ann.id]);
    expect(await lookFor(LAPSE_MS)).toEqual([]);
  });

  it.each([
    ['the database was away', 1],
    ['it did not look for a while, such as before it was elected', LAPSE_MS * 5],
  ])('expels nobody for what was when %s', async (_, extraMs) => {
    const { ann, time, watch, lookFor } = await createGroup();
    await lookFor(LAPSE_MS - 1);
    time.now += 2000 + extraMs;
    expect([...(await watch.look())]).toEqual([ann.id]);
    expect(await lookFor(LAPSE_MS - 1)).toEqual([ann.id]);
    expect(await lookFor(1)).toEqual([]);
  });

  it('expels nobody for what was before it looked for the first time', async () => {
    const { ann, watching, lookFor } = await createGroup();
    await lookFor(LAPSE_MS - 1);
    expect(await lookFor(LAPSE_MS - 1, watching())).toEqual([ann.id]);
  });

  it('does not expel who beats while it is about to', async () => {
    const { ann, group, time, watch, lookFor } = await createGroup();
    await lookFor(LAPSE_MS - 1);
    const beating = await database.pool.connect();
    await beating.query('begin');
    await beating.query(`update liveness.members set beat = beat + 1 where "group" = $1`, [group]);
    time.now += 1;
    const looked = watch.look();
    await eventually(async () => {
      const { rows } = await database.pool.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'delete%members%'`,
      );
      expect(rows).toHaveLength(1);
    });
    await beating.query('commit');
    beating.release();
    expect([...(await looked)]).toEqual([ann.id]);
    expect(await ann.beat()).toBe(true);
    expect(await lookFor(LAPSE_MS - 1)).toEqual([ann.id]);
  });

  it('expels nobody for what was when the database could only be read', async () => {
    const { ann, time, watch, lookFor } = await createGroup();
    const { pool } = database;
    await lookFor(LAPSE_MS - 1);
    await pool.query(`create function liveness.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'read-only'; end $$`);
    await pool.query(`create trigger refusing before delete on liveness.members
      for each row execute function liveness.refuse()`);
    time.now += 1;
    await expect(watch.look()).rejects.toThrow('read-only');
    await pool.query('drop function liveness.refuse cascade');
    expect(await lookFor(LAPSE_MS - 1)).toEqual([ann.id]);
    expect(await lookFor(1)).toEqual([]);
  });

  it('of two that watch at the same time, each expels rightly', async () => {
    const { ann, join, watching, lookFor } = await createGroup();
    const bob = await join();
    const other = watching();
    for (let seconds = 0; seconds <= LAPSE_MS / 1000; seconds += 1) {
      await bob.beat();
      await Promise.all([lookFor(0), lookFor(0, other)]);
      await lookFor(1000);
    }
    expect([await ann.beat(), await bob.beat()]).toEqual([false, true]);
    expect(await lookFor(0, other)).toEqual([bob.id]);
  });
});
