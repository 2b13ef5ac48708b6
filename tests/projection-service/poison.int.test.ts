import { describe, expect, it } from 'vitest';
import { projectionDigest } from '../../projection-service/digest.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
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

  it('stop a rebuild, which goes on from there when called again', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const story = start();
    story.sends('Ann', 'Bob', 'fine', 'not a uuid');
    log.write(story.events);
    const options = { store: log, pool: running.sides.pool, schema, signal: new AbortController().signal };
    await expect(rebuild(options)).rejects.toMatchObject({ code: '22P02' });
    const upTo = story.events.at(-2)?.position ?? -1n;
    expect(await rebuild({ ...options, upTo })).toEqual({ events: 3, position: upTo });
    expect(await rebuild({ ...options, upTo })).toEqual({ events: 0, position: upTo });
  });
});
