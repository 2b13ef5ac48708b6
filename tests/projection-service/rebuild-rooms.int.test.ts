import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectionDigest } from '../../projection-service/digest.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
import { rebuildRooms } from '../../projection-service/rebuild-rooms.ts';
import { openReadModels } from '../../read-models/read-models.ts';
import { ROOMS } from '../../read-models/registry.ts';
import type { Room } from '../../read-models/room.ts';
import { READ_SCHEMA, readVersions } from '../../read-models/schema-name.ts';
import { eventually } from '../support/patience.ts';
import { openReadSides, type ReadSides, silent } from './read-side.ts';
import { RunningServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

const { signal } = new AbortController();

const roomsOf = (...names: string[]): readonly Room[] => ROOMS.filter(({ name }) => names.includes(name));

describe('a room that is rebuilt alone', () => {
  const services = new RunningServices();
  let sides: ReadSides;
  let story: Story;
  let log: ScriptedLog;
  beforeEach(async () => {
    sides = await openReadSides();
    [story, log] = [
      new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob').befriends('Ann', 'Bob'),
      new ScriptedLog(),
    ];
    log.write(story.events);
    more(() => story.invites('Ann', 'Bob'));
    talk(20);
  });
  afterEach(async () => {
    await services.stop();
    await sides.close();
  });

  function more(happens: () => unknown): void {
    const before = story.events.length;
    happens();
    log.write(story.events.slice(before));
  }
  const talk = (messages: number) =>
    more(() => {
      for (let sent = 0; sent < messages; sent += 1) story.sends('Ann', 'Bob');
    });

  const options = () => ({ store: log, pool: sides.pool, signal });
  const query = async (text: string) => (await sides.pool.query(text)).rows;

  async function serve() {
    const running = await services.start(sides.pool, undefined, log, { limits: { batchSize: 7 } });
    const models = openReadModels({ pool: sides.pool, logger: silent });
    const reached = () =>
      eventually(async () => expect(await models.projectedPosition()).toBe(story.position));
    await reached();
    return { ...running, models, reached };
  }

  async function fromTheLog() {
    const clean = sides.freshSchema();
    await rebuild({ ...options(), schema: clean });
    return projectionDigest(sides.pool, clean);
  }

  it('is as the log has it, and all others as they were, while users are told and read: no read fails or lacks a row', async () => {
    await serve();
    await services.stop();
    await query(`update ${READ_SCHEMA}.chats set sent_a = 1000, sent_b = 1000`);
    const { bus, models, reached } = await serve();
    await query(`update ${READ_SCHEMA}.messages set content = 'tampered'`);
    await query(`update ${READ_SCHEMA}.users set nickname = 'tampered' where user_key = 'ann'`);
    let isOver = false;
    let reads = 0;
    const reading = [1, 2, 3].map(async () => {
      for (let last = -1n; !isOver; reads += 1) {
        const { upTo, answer } = await models.messages('Ann', 'Bob', { limit: 20, offset: 0 });
        expect(upTo.position).toBeGreaterThanOrEqual(last);
        expect(answer?.items).toHaveLength(20);
        last = upTo.position;
        talk(1);
      }
    });
    for (let time = 0; time < 3; time += 1) {
      const before = reads;
      expect(await rebuildRooms(roomsOf('chats'), options())).toMatchObject({ schema: READ_SCHEMA });
      await eventually(() => expect(reads).toBeGreaterThan(before + 20));
    }
    isOver = true;
    await Promise.all(reading);
    await reached();

    expect(await query(`select from ${READ_SCHEMA}.messages where content = 'tampered'`)).toEqual([]);
    expect(await query(`select nickname from ${READ_SCHEMA}.users where user_key = 'ann'`)).toEqual([
      { nickname: 'tampered' },
    ]);
    await query(`update ${READ_SCHEMA}.users set nickname = 'Ann' where user_key = 'ann'`);
    const [inUse, clean] = [await projectionDigest(sides.pool, READ_SCHEMA), await fromTheLog()];
    const { users: _, ...others } = inUse;
    expect(clean).toMatchObject(others);
    expect(await readVersions(sides.pool)).toEqual({ in_use: READ_SCHEMA, previous: null, next: null });
    expect(await query(`select from pg_namespace where nspname = 'rebuilt_rooms'`)).toEqual([]);
    const sent = story.events.filter(({ event }) => event.type === 'MessageSent').length;
    expect(new Set(bus.pushedTo('bob')).size).toBeGreaterThanOrEqual(sent - 20);
  });

  it('is made of all that it needs, whichever it is', async () => {
    more(() => {
      story.renames('Ann', 'Anja').signsUp('Cid').blocks('Cid', 'Ann').opens('Ann');
      story.drops('Bob', story.opens('Bob'));
      const sent = story.sends('Ann', 'Bob');
      story.likes(sent).reads(sent).closes('Ann', story.announces('Ann'));
      story.announces('Ann');
      story.readsNotification('Bob', sent.position).marksAllRead('Bob', sent.position);
      story.duel(story.invites('Bob', 'Ann'), 'SeatReserved').erases('Cid');
    });
    const { reached } = await serve();
    const before = await projectionDigest(sides.pool, READ_SCHEMA);
    for (const room of ROOMS) {
      await query(`truncate ${room.tables.map((table) => `${READ_SCHEMA}.${table}`).join()}`);
      await rebuildRooms([room], options());
      expect(await projectionDigest(sides.pool, READ_SCHEMA), room.name).toEqual(before);
    }
    expect(Object.entries(before).filter(([, digest]) => digest === '0:0')).toEqual([]);
    const indexes = (schema: string) =>
      query(`select indexname from pg_indexes where schemaname = '${schema}' order by 1`);
    talk(3);
    await reached();
    const clean = await fromTheLog();
    expect(await projectionDigest(sides.pool, READ_SCHEMA)).toEqual(clean);
    expect(await indexes(READ_SCHEMA)).toEqual(await indexes('read_1'));
  });

  it('waits for whoever reads for long, while all others are answered', async () => {
    const { models } = await serve();
    const reader = await sides.pool.connect();
    await reader.query(`begin; select from ${READ_SCHEMA}.messages`);
    const rebuilt = rebuildRooms(roomsOf('chats'), options());
    const waits = async () =>
      expect(
        await query(`select from pg_locks where not granted and mode = 'AccessExclusiveLock'
          and database = (select oid from pg_database where datname = current_database())`),
      ).toHaveLength(1);
    await eventually(waits, 1);
    const { answer } = await models.messages('Ann', 'Bob', { limit: 1, offset: 0 });
    expect(answer?.items).toHaveLength(1);
    await eventually(waits, 1);
    await reader.query('commit');
    reader.release();
    expect(await rebuilt).toMatchObject({ position: story.position });
  });

  it('does without what was skipped, and is not made while it is not settled what becomes of a parked event', async () => {
    await serve();
    const [first] = story.events.filter(({ event }) => event.type === 'MessageSent');
    await query(`insert into ${READ_SCHEMA}.parked_events (position, stream, type, reason)
      values (${first?.position}, '${first?.stream}', 'MessageSent', 'mended since')`);
    await expect(rebuildRooms(roomsOf('chats'), options())).rejects.toThrow(
      `the event at position ${first?.position} is parked (MessageSent)`,
    );
    await rebuildRooms(roomsOf('notifications'), options());
    const numbers = `select number from ${READ_SCHEMA}.messages order by number`;
    expect(await query(numbers)).toHaveLength(20);
    await query(`update ${READ_SCHEMA}.parked_events set skipped = true`);
    await rebuildRooms(roomsOf('chats'), options());
    expect(await query(numbers)).toHaveLength(19);
  });
});
