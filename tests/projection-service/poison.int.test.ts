import { describe, expect, it } from 'vitest';
import { projectionDigest } from '../../projection-service/digest.ts';
import { borrowLeadership } from '../../projection-service/pausing.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
import { retryParked } from '../../projection-service/retry-parked.ts';
import { openReadModels } from '../../read-models/read-models.ts';
import { eventually } from '../support/patience.ts';
import { silent } from './read-side.ts';
import { useServices } from './running-services.ts';
import { ScriptedLog, TEST_LOG } from './scripted-log.ts';
import { Story } from './story.ts';

describe('events that cannot be projected', () => {
  const running = useServices();
  const { services } = running;

  const start = () => new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');

  it('are parked one by one, and the rest goes on', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const story = start();
    for (let sent = 0; sent < 7; sent += 1) story.sends('Ann', 'Bob');
    const noUuid = story.sends('Ann', 'Bob', 'SECRET', 'not a uuid SECRET');
    const unsent = new Story().sends('Bob', 'Ann');
    story.sends('Bob', 'Ann').position;
    story.reads({ ...unsent, position: 9999n });
    const last = story.sends('Ann', 'Bob');
    log.write(story.events);
    const { bus, service, metric } = await services.start(running.sides.pool, schema, log);
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    const { rows } = await running.sides.pool.query(
      `select * from ${schema}.parked_events order by position`,
    );
    expect(rows).toMatchObject([
      {
        position: noUuid.position,
        stream: 'message-not a uuid secret',
        type: 'MessageSent',
        reason: 'SQLSTATE 22P02',
      },
      { type: 'MessagesRead', reason: 'of a message that is not there' },
    ]);
    expect(await metric('rally_projection_parked_events_total')).toBe(2);
    expect(await service.notReady()).toBeNull();
    expect(await service.degraded?.()).toBe(
      `2 events are parked (first MessageSent at position ${noUuid.position}: SQLSTATE 22P02), see \`rally parked list\``,
    );
    expect(bus.pushedTo('bob').at(-1)).toBe(`${last.position}.0`);

    const clean = await running.sides.open();
    const sound = story.events.filter(({ position }) => !rows.some((parked) => parked.position === position));
    await clean.project(sound);
    expect(await projectionDigest(running.sides.pool, schema)).toEqual(
      await projectionDigest(running.sides.pool, clean.schema),
    );
  });

  it('have no rows, but a frame of which users were told comes to those who resume, too', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const story = start();
    log.write(story.events);
    const { bus } = await services.start(running.sides.pool, schema, log);
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    const [known, before] = [story.events.length, story.position];
    const sent = [story.sends('Ann', 'Bob', 'told', 'not a uuid'), story.sends('Ann', 'Bob')];
    log.write(story.events.slice(known));
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    const places = sent.map(({ position }) => `${position}.0`);
    expect([...new Set(bus.pushedTo('bob'))]).toEqual(places);
    const models = openReadModels({ pool: running.sides.pool, schema, logger: silent });
    const missed = await models.missed('bob', { position: before, ordinal: 0, log: TEST_LOG }, 100);
    if (missed.outcome !== 'complete') throw new Error('incomplete');
    expect(missed.pushes.map(({ cursor }) => `${cursor.position}.0`)).toEqual(places);
  });

  it('come once to those who resume when they are projected late, and tell nobody else', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const { pool } = running.sides;
    const story = start();
    log.write(story.events);
    const { bus, service } = await services.start(pool, schema, log);
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    await pool.query(`alter table ${schema}.messages add constraint sound check (content <> 'told');
      alter table ${schema}.friendships add constraint sound check (adder_key <> 'bob')`);
    const [known, before] = [story.events.length, story.position];
    const sent = story.sends('Ann', 'Bob', 'told');
    story.befriends('Bob', 'Ann');
    log.write(story.events.slice(known));
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    expect(await service.degraded?.()).toMatch(/^2 events are parked \(first MessageSent at position/);
    const place = { position: before, ordinal: 0, log: TEST_LOG };
    const missed = async () => {
      const models = openReadModels({ pool, schema, logger: silent });
      const found = await models.missed('ann', place, 100);
      return found.outcome === 'complete' ? found.pushes : null;
    };
    const told = await missed();
    expect(told?.[0]?.cursor).toMatchObject({ position: sent.position });
    const published = bus.published.length;

    await pool.query(`alter table ${schema}.messages drop constraint sound;
      alter table ${schema}.friendships drop constraint sound`);
    const leadership = await borrowLeadership(pool, schema, new AbortController().signal);
    if (!leadership) throw new Error('not leading');
    // Another operator may have done the same.
    const parked = story.events.slice(known);
    for (const event of [...parked, ...parked]) expect(await retryParked(leadership, event)).toBeNull();
    expect(bus.published).toHaveLength(published);
    await leadership.release();
    expect(await missed()).toEqual(told);
    expect(await service.degraded?.()).toBeNull();
    const clean = await running.sides.open();
    await clean.project(story.events);
    expect(await projectionDigest(pool, schema)).toEqual(await projectionDigest(pool, clean.schema));
  });

  it('forget frames of before also when the feed is trimmed beyond them', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const { pool } = running.sides;
    const story = start().signsUp('Eve').befriends('Eve', 'Bob');
    log.write(story.events);
    const { bus } = await services.start(pool, schema, log);
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    await pool.query(`alter table ${schema}.users add constraint sound check (not is_erased)`);
    const known = story.events.length;
    story.erases('Eve');
    log.write(story.events.slice(known));
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    const aboutEve = async () => {
      const { rows } = await pool.query(
        `select text from ${schema}.feed where about = 'eve' and text <> '-'`,
      );
      return rows.length;
    };
    expect(await aboutEve()).toBeGreaterThan(0);

    await pool.query(`alter table ${schema}.users drop constraint sound;
      update ${schema}.feed_floor set position = ${story.position}`);
    const leadership = await borrowLeadership(pool, schema, new AbortController().signal);
    if (!leadership) throw new Error('not leading');
    for (const event of story.events.slice(known)) expect(await retryParked(leadership, event)).toBeNull();
    await leadership.release();
    expect(await aboutEve()).toBe(0);
  });

  it('stop a rebuild, which goes on from there when called again', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const story = start();
    const poison = story.sends('Ann', 'Bob', 'fine', 'not a uuid');
    log.write(story.events);
    const options = { store: log, pool: running.sides.pool, schema, signal: new AbortController().signal };
    await expect(rebuild(options)).rejects.toThrow(
      `the event at position ${poison.position} cannot be projected (MessageSent in message-not a uuid: SQLSTATE 22P02)`,
    );
    const upTo = story.events.at(-2)?.position ?? -1n;
    expect(await rebuild({ ...options, upTo })).toEqual({ events: 0, position: upTo });
    const passOver = new Set([poison.position]);
    expect(await rebuild({ ...options, passOver })).toEqual({ events: 0, position: poison.position });
  });
});
