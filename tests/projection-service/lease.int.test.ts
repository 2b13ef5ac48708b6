import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { waitForLeadership } from '../../projection-service/leadership.ts';
import { LeaseWatch } from '../../projection-service/lease.ts';
import { eventually } from '../support/patience.ts';
import { openBreakableConnection } from './breakable-connection.ts';
import { openReadSides, type ReadSides, silent } from './read-side.ts';
import { useServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

/** Short for a test, long for a machine that has much else to do. */
const limits = { pollMs: 20, leaseMs: 600 };

describe('a lease', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  const wait = (schema: string, options: { signal?: AbortSignal; onLapsed?: () => void } = {}) =>
    waitForLeadership(sides.pool, schema, { signal: new AbortController().signal, limits, ...options });

  /** Leads, and does nothing, as a process that is frozen: its connection stays open. */
  async function frozenLeader(schema: string) {
    const client = await sides.pool.connect();
    onTestFinished(() => client.release(true));
    await client.query(`select pg_advisory_lock(hashtextextended('projection into ' || $1, 0))`, [schema]);
    return client;
  }

  it('that does not move is taken over with a higher epoch, and its holder is put out', async () => {
    const { schema, leadership, close } = await sides.open();
    await close();
    const frozen = await frozenLeader(schema);
    const onLapsed = vi.fn();
    const taken = await wait(schema, { onLapsed });
    expect(taken?.epoch).toBe(leadership.epoch + 1n);
    expect(onLapsed).toHaveBeenCalled();
    await expect(frozen.query('select 1')).rejects.toThrow();
    await taken?.release();
  });

  it('is kept by a leader that does nothing, and by one whose statement takes long', async () => {
    const { schema, close } = await sides.open();
    await close();
    const leading = await wait(schema);
    if (!leading) throw new Error('not leading');
    const onLapsed = vi.fn();
    const followers = new AbortController();
    const follower = wait(schema, { signal: followers.signal, onLapsed });
    await leading.client.query(
      `update ${schema}.checkpoints set filled = filled from pg_sleep(${(limits.leaseMs * 3) / 1000})`,
    );
    expect(onLapsed).not.toHaveBeenCalled();
    expect(leading.lost.aborted).toBe(false);
    followers.abort();
    expect(await follower).toBeNull();
    await leading.release();
  });

  it('is lost by a leader whose network swallows everything, and what it waits for ends', async () => {
    const way = await openBreakableConnection(sides.url);
    const pool = createPostgresPool({ url: way.url, applicationName: 'test', max: 3, logger: silent });
    onTestFinished(async () => {
      way.cut();
      await pool.end();
      await way.close();
    });
    const { schema, close } = await sides.open();
    await close();
    const leading = await waitForLeadership(pool, schema, { signal: new AbortController().signal, limits });
    if (!leading) throw new Error('not leading');
    way.swallow();
    const answer = leading.client.query('select 1');
    await expect(answer).rejects.toThrow();
    expect(leading.lost.aborted).toBe(true);
    await leading.release();
  });

  it('of a superseded leader is over: it learns of the epoch that has passed it', async () => {
    const { leadership, schema } = await sides.open();
    await sides.pool.query(`update ${schema}.checkpoints set epoch = epoch + 1`);
    await eventually(() => expect(leadership.lost.aborted).toBe(true));
  });
});

describe('a watch over a lease', () => {
  it('counts for how long it has seen the same beat', () => {
    const watch = new LeaseWatch(1000);
    expect(watch.look(1n, 5000)).toBe(0);
    expect(watch.look(1n, 5500)).toBe(500);
    expect(watch.look(1n, 6500)).toBe(1500);
    expect(watch.look(2n, 7000)).toBe(0);
    expect(watch.look(2n, 7100)).toBe(100);
  });

  it('counts no time in which it did not look: the watcher may have been frozen itself', () => {
    const watch = new LeaseWatch(1000);
    watch.look(1n, 0);
    expect(watch.look(1n, 60_000)).toBe(1000);
    expect(watch.look(1n, 60_200)).toBe(1200);
  });
});

describe('a projection service', () => {
  const running = useServices();

  it('takes over from a leader that is silent, and tells tabs what that one did not', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const side = await running.sides.open(schema);
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    await side.project(story.events);
    const known = story.events.length;
    const sent = story.sends('Ann', 'Bob');
    await side.project(story.events.slice(known));
    await side.close();
    log.write(story.events);
    const frozen = await running.sides.pool.connect();
    await frozen.query(`select pg_advisory_lock(hashtextextended('projection into ' || $1, 0))`, [schema]);
    const { bus, service, metric } = await running.services.start(running.sides.pool, schema, log, {
      limits,
    });
    expect(await metric('rally_projection_leading')).toBe(0);
    await eventually(() => expect(bus.pushedTo('bob')).toEqual([`${sent.position}.0`]));
    expect(await metric('rally_projection_leading')).toBe(1);
    expect(await service.notReady()).toBeNull();
    frozen.release(true);
  });
});
