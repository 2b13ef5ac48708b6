import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import {
  isLed,
  type Leadership,
  type WaitOptions,
  waitForLeadership,
} from '../../projection-service/leadership.ts';
import { LeaseWatch } from '../../projection-service/lease.ts';
import { borrowLeadership, pauseProjecting, resumeProjecting } from '../../projection-service/pausing.ts';
import type { Database } from '../../read-models/room.ts';
import { openDatabaseLink } from '../support/link.ts';
import { eventually, PATIENCE_MS } from '../support/patience.ts';
import { openReadSides, type ReadSides, silent } from './read-side.ts';
import { useServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

/** Of leaders that are silent: how long it takes until that is seen makes no difference. */
const limits = { pollMs: 20, leaseMs: 600 };

/** Of a leader that must not lose its lease because the machine has much else to do: a beat in a second. */
const SLOW_BEATS = { pollMs: 20, leaseMs: 6000 };

/** One that looks often, and puts nobody out while the test waits for something. */
const PATIENT_FOLLOWER = { pollMs: 20, leaseMs: 2 * PATIENCE_MS };

describe('a lease', () => {
  let sides: ReadSides;
  beforeAll(async () => {
    sides = await openReadSides();
  });
  afterEach(() => sides.release());
  afterAll(() => sides.close());

  /** Whatever becomes of it is over with the test. */
  function wait(schema: string, options: Partial<WaitOptions> = {}): Promise<Leadership | null> {
    const over = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal;
    const waiting = waitForLeadership(sides.pool, schema, { limits, ...options, signal });
    onTestFinished(async () => {
      over.abort();
      await (await waiting)?.release();
    });
    return waiting;
  }

  /** Leads, and does nothing, as a process that is frozen: its connection stays open. */
  async function frozenLeader(schema: string) {
    const client = await sides.pool.connect();
    onTestFinished(() => client.release(true));
    await client.query(`select pg_advisory_lock(hashtextextended('projection into ' || $1, 0))`, [schema]);
    return client;
  }

  /** One that writes and then waits, for a lock that the test holds until `end`. Resolves once it waits. */
  async function longStatement(schema: string, client: Database): Promise<{ end(): Promise<void> }> {
    const holder = await sides.pool.connect();
    onTestFinished(() => holder.release(true));
    await holder.query('select pg_advisory_lock(1)');
    const ended = client.query(
      `update ${schema}.checkpoints set filled = filled; select pg_advisory_xact_lock(1)`,
    );
    await eventually(async () => {
      const { rows } = await holder.query(
        `select 1 from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
      );
      expect(rows).toHaveLength(1);
    });
    return {
      async end() {
        await holder.query('select pg_advisory_unlock(1)');
        await ended;
      },
    };
  }

  it('that does not move is taken over with a higher epoch, and its holder is put out', async () => {
    const { schema, leadership, close } = await sides.open();
    await close();
    const frozen = await frozenLeader(schema);
    const onLapsed = vi.fn();
    const taken = await wait(schema, { onLapsed });
    expect(taken?.epoch).toBeGreaterThan(leadership.epoch);
    expect(onLapsed).toHaveBeenCalled();
    await expect(frozen.query('select 1')).rejects.toThrow();
  });

  it('is kept by a leader that does nothing, and by one whose statement takes long', async () => {
    const { schema, close } = await sides.open();
    await close();
    const leading = await wait(schema, { limits: SLOW_BEATS });
    if (!leading) throw new Error('not leading');
    const onLapsed = vi.fn();
    let beats = 0;
    // It has seen a new beat for no time at all.
    const onWaiting = (silentMs: number) => void (silentMs === 0 && beats++);
    const followers = new AbortController();
    const options = { signal: followers.signal, limits: PATIENT_FOLLOWER, onLapsed, onWaiting };
    const follower = wait(schema, options);
    const moreBeats = async () => {
      const before = beats;
      // One may have been on its way already.
      await eventually(() => expect(beats).toBeGreaterThan(before + 1));
    };
    await moreBeats();

    const statement = await longStatement(schema, leading.client);
    await moreBeats();
    await statement.end();
    expect(onLapsed).not.toHaveBeenCalled();
    expect(leading.lost.aborted).toBe(false);
    followers.abort();
    expect(await follower).toBeNull();
  });

  it('is lost by a leader whose network swallows everything, and what it waits for ends', async () => {
    const way = await openDatabaseLink(sides.url);
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

  it('is let go of when an operator pauses, and taken by nobody until the pause is over', async () => {
    const { leadership, schema, close } = await sides.open();
    const since = await pauseProjecting(sides.pool, schema);
    await eventually(() => expect(leadership.paused.aborted).toBe(true));
    expect(leadership.lost.aborted).toBe(false);
    await close();
    const onPaused = vi.fn();
    const next = wait(schema, { onPaused });
    await eventually(() => expect(onPaused).toHaveBeenCalledWith({ since, isShort: false }));
    // An operator's short work goes on meanwhile, and leaves the pause as it is.
    const borrowed = await borrowLeadership(sides.pool, schema, new AbortController().signal);
    await borrowed?.release();
    expect(await pauseProjecting(sides.pool, schema)).toEqual(since);
    expect(await isLed(sides.pool, schema)).toBe(false);
    expect(await resumeProjecting(sides.pool, schema)).toBe(true);
    expect((await next)?.epoch).toBeGreaterThan(borrowed?.epoch ?? 0n);
    expect(await resumeProjecting(sides.pool, schema)).toBe(false);
  });

  it('is taken again when the command is gone that has borrowed it, or has asked for it', async () => {
    const { leadership, schema, close } = await sides.open();
    const gaveUp = new AbortController();
    const asking = borrowLeadership(sides.pool, schema, gaveUp.signal);
    await eventually(() => expect(leadership.paused.aborted).toBe(true));
    gaveUp.abort();
    expect(await asking).toBeNull();
    await close();
    await (await wait(schema))?.release();

    // What a command leaves that was killed while it waited.
    await sides.pool.query(
      `update ${schema}.lease set paused_at = now(), paused_until = now() + interval '1 second'`,
    );
    const onPaused = vi.fn();
    expect(await wait(schema, { onPaused })).not.toBeNull();
    expect(onPaused).toHaveBeenCalledWith(expect.objectContaining({ isShort: true }));
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
    const sent = story.sends('Ann', 'Bob');
    await side.close();
    log.write(story.events);
    const frozen = await running.sides.pool.connect();
    await frozen.query(`select pg_advisory_lock(hashtextextended('projection into ' || $1, 0))`, [schema]);
    const { bus, service, metric } = await running.services.start(running.sides.pool, schema, log, {
      limits,
    });
    expect(await metric('rally_projection_leading')).toBe(0);
    await eventually(() => expect(bus.pushedTo('bob')).toEqual([`${sent.position}.0`]));
    // With such a short lease it loses its own when the machine stalls, and takes it again.
    await eventually(async () => expect(await metric('rally_projection_leading')).toBe(1));
    await eventually(async () => expect(await service.notReady()).toBeNull());
    frozen.release(true);
  });
});
