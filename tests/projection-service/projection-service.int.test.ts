import { describe, expect, it } from 'vitest';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { projectionDigest } from '../../projection-service/digest.ts';
import { openReadModels } from '../../read-models/read-models.ts';
import { openDatabaseLink } from '../support/link.ts';
import { eventually } from '../support/patience.ts';
import { silent } from './read-side.ts';
import { useServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

describe('projection service', () => {
  const running = useServices();
  const { services } = running;

  const position = (schema: string) =>
    openReadModels({ pool: running.sides.pool, schema, logger: silent }).projectedPosition();
  const reached = (schema: string, story: Story) =>
    eventually(async () => expect(await position(schema)).toBe(story.position));
  const conversation = (
    messages: number,
    story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob'),
  ): Story => {
    for (let sent = 0; sent < messages; sent += 1) story.sends('Ann', 'Bob', `message ${sent}`);
    return story;
  };
  const expectedDigest = async (story: Story) => {
    const clean = await running.sides.open();
    await clean.project(story.events);
    return projectionDigest(running.sides.pool, clean.schema);
  };

  it('projects what comes, publishes it per user in order, then the position', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const { bus, service, metric } = await services.start(running.sides.pool, schema, log);
    const story = conversation(0);
    log.write(story.events);
    await reached(schema, story);
    const known = story.events.length;
    const sent = [1, 2, 3].map(() => story.sends('Ann', 'Bob'));
    log.write(story.events.slice(known));
    await reached(schema, story);
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    const cursors = sent.map((message) => `${message.position}.0`);
    expect(bus.pushedTo('ANN')).toEqual(cursors);
    expect(bus.pushedTo('bob')).toEqual(cursors);
    expect(await service.notReady()).toBeNull();
    expect(await metric('rally_projection_position')).toBe(Number(story.position));
    expect(await metric('rally_projection_leading')).toBe(1);
  });

  it('publishes nothing of what it reads into empty read models until it is at the end of the log', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const story = conversation(40);
    log.write(story.events);
    const { bus } = await services.start(running.sides.pool, schema, log, { limits: { batchSize: 10 } });
    await reached(schema, story);
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    expect(bus.pushedTo('ann').length).toBeLessThanOrEqual(10);
  });

  it('lets one of several write; when its connection is cut, another goes on and doubles nothing', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const started = await Promise.all([1, 2, 3].map(() => services.start(running.sides.pool, schema, log)));
    const story = conversation(5);
    log.write(story.events);
    for (let kill = 0; kill < 4; kill += 1) {
      const known = story.events.length;
      conversation(300, story);
      const more = story.events.slice(known);
      log.write(more.slice(0, 200));
      const { rows } = await running.sides.pool.query(LEADERS);
      for (const { pid } of rows) await running.sides.pool.query('select pg_terminate_backend($1)', [pid]);
      log.write(more.slice(200));
      await reached(schema, story);
    }
    expect(await projectionDigest(running.sides.pool, schema)).toEqual(await expectedDigest(story));
    const pushed = new Set(started.flatMap(({ bus }) => bus.pushedTo('bob')));
    expect(pushed.size).toBe(1205);
    await eventually(async () => {
      const leading = await Promise.all(started.map(({ metric }) => metric('rally_projection_leading')));
      expect(leading.toSorted()).toEqual([0, 0, 1]);
    });
    for (const { service } of started)
      await eventually(async () => expect(await service.notReady()).toBeNull());
  });

  it('hands over when the leader stops', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const first = await services.start(running.sides.pool, schema, log);
    const second = await services.start(running.sides.pool, schema, log);
    const story = conversation(3);
    log.write(story.events);
    await reached(schema, story);
    await first.service.stop();
    const known = story.events.length;
    conversation(2, story);
    log.write(story.events.slice(known));
    await reached(schema, story);
    await eventually(() => expect(second.bus.pushedTo('bob')).toHaveLength(2));
  });

  it('goes on when the bus refuses what a user is told, and leaves a hole', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const { bus, service, metric } = await services.start(running.sides.pool, schema, log);
    const story = conversation(1).signsUp('Cid', 'Dan').chat('Cid', 'Dan');
    log.write(story.events);
    await reached(schema, story);
    const known = story.events.length;
    const epoch = async () =>
      (await running.sides.pool.query(`select epoch from ${schema}.checkpoints`)).rows[0].epoch;
    const epochBefore = await epoch();
    const large = story.sends('Ann', 'Bob', 'x'.repeat(bus.maxPayloadBytes()));
    const other = story.sends('Cid', 'Dan');
    log.write(story.events.slice(known));
    await eventually(() => expect(bus.pushedTo('dan')).toEqual([`${other.position}.0`]));
    expect(bus.pushedTo('bob').at(-1)).toBe(`hole up to ${large.position}.0`);
    expect(await metric('rally_projection_unpublished_pushes_total')).toBe(2);
    expect(await service.notReady()).toBeNull();
    expect(await epoch()).toBe(epochBefore);
  });

  it('is not ready while its database is away, goes on afterwards, and starts without one', async () => {
    const way = await openDatabaseLink(running.sides.url);
    const pool = createPostgresPool({ url: way.url, applicationName: 'test', max: 5, logger: silent });
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const { service } = await services.start(pool, schema, log);
    const story = conversation(2);
    log.write(story.events);
    await reached(schema, story);
    await eventually(async () => expect(await service.notReady()).toBeNull());
    way.cut();
    expect(await service.notReady()).toBe('the database is away');
    const late = await services.start(pool, schema, log);
    expect(await late.service.notReady()).toBe('the database is away');
    const known = story.events.length;
    conversation(2, story);
    log.write(story.events.slice(known));
    way.mend();
    await reached(schema, story);
    for (const running of [service, late.service]) {
      await eventually(async () => expect(await running.notReady()).toBeNull());
    }
    expect(await projectionDigest(running.sides.pool, schema)).toEqual(await expectedDigest(story));
    await services.stop();
    await pool.end();
    await way.close();
  });

  it('rejects at the start what waiting does not mend', async () => {
    await running.sides.pool.query('create schema half_made; create table half_made.users (id integer)');
    await expect(services.start(running.sides.pool, 'half_made', new ScriptedLog())).rejects.toThrow();
  });
});

const LEADERS = `select distinct pid from pg_locks where locktype = 'advisory' and granted and objsubid = 1
  and database = (select oid from pg_database where datname = current_database())`;
