import { describe, expect, it } from 'vitest';
import { RETENTION } from '../../platform/event-store/retention.ts';
import { AnotherLog } from '../../projection-service/follow-log.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
import { openReadModels } from '../../read-models/read-models.ts';
import { eventually } from '../support/patience.ts';
import { silent } from './read-side.ts';
import { useServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

describe('read models and the log that they follow', () => {
  const running = useServices();
  const { services } = running;

  const logOf = (...events: Story['events']): ScriptedLog => {
    const log = new ScriptedLog();
    log.write(events);
    return log;
  };
  /** Projected, and left. */
  async function projected(story: Story): Promise<string> {
    const schema = running.sides.freshSchema();
    const { service, bus } = await services.start(running.sides.pool, schema, logOf(...story.events));
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    await service.stop();
    return schema;
  }
  const conversation = () => {
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    for (let sent = 0; sent < 5; sent += 1) story.sends('Ann', 'Bob', `m${sent}`);
    return story;
  };
  const checkpoint = async (schema: string) =>
    (await running.sides.pool.query(`select * from ${schema}.checkpoints`)).rows[0];

  it('go on with it after a new start', async () => {
    const story = conversation();
    const schema = await projected(story);
    const known = story.events.length;
    const last = story.sends('Bob', 'Ann');
    const { bus } = await services.start(running.sides.pool, schema, logOf(...story.events));
    await eventually(() => expect(bus.pushedTo('ann')).toContain(`${last.position}.0`));
    expect(story.events.length).toBe(known + 1);
  });

  it.each([
    ['ends before what they have seen', (story: Story) => story.events.slice(0, -1)],
    ['is empty', () => []],
    [
      'has grown past it since, differently',
      (story: Story) => {
        const other = new Story(story.events.at(-2)?.position);
        for (let sent = 0; sent < 9; sent += 1) other.sends('Ann', 'Bob', 'of another life');
        return [...story.events.slice(0, -1), ...other.events];
      },
    ],
    [
      'has another event at that very place',
      (story: Story) =>
        story.events.map((event) => ({ ...event, id: '00000000-0000-4000-8000-000000000000' })),
    ],
  ])('do not go on with one that %s: the service says so, and changes nothing', async (_, restored) => {
    const story = conversation();
    const schema = await projected(story);
    const before = await checkpoint(schema);
    const log = logOf(...restored(story));
    await log.renewIdentity();
    await expect(services.start(running.sides.pool, schema, log)).rejects.toThrow(AnotherLog);
    const { signal } = new AbortController();
    await expect(rebuild({ store: log, pool: running.sides.pool, schema, signal })).rejects.toThrow(
      AnotherLog,
    );
    const { epoch } = await checkpoint(schema);
    expect(epoch).toBeGreaterThan(before.epoch + 1n);
    expect(await checkpoint(schema)).toEqual({ ...before, epoch });
  });

  /** The last event that was projected stands in a stream of which only the last are kept, and so do those before it. */
  const withPresence = () => {
    const story = conversation();
    for (let spell = 0; spell < 15; spell += 1) story.drops('Ann', story.opens('Ann'), 0);
    return story;
  };
  /** As the log is when it has grown while nobody projected, and has been trimmed. */
  const trimmed = (story: Story) => {
    const kept = story.events
      .filter(({ stream }) => stream.startsWith('presence-'))
      .slice(-RETENTION.presence);
    return story.events.filter((event) => !event.stream.startsWith('presence-') || kept.includes(event));
  };

  it('go on with one that has forgotten the last that they have seen, and tell what is left', async () => {
    const story = withPresence();
    const schema = await projected(story);
    const seen = story.position;
    for (let spell = 0; spell < 10; spell += 1) story.drops('Ann', story.opens('Ann'), 0);
    const last = story.sends('Bob', 'Ann');
    const events = trimmed(story);
    expect(events.map(({ position }) => position)).not.toContain(seen);
    const { bus } = await services.start(running.sides.pool, schema, logOf(...events));
    await eventually(() => expect(bus.pushedTo('ann')).toContain(`${last.position}.0`));
  });

  it.each([
    ['ends before it', (story: Story) => story.events.slice(0, -1)],
    [
      'has another event there',
      (story: Story) => {
        const other = new Story(story.events.at(-2)?.position);
        for (let sent = 0; sent < 9; sent += 1) other.sends('Ann', 'Bob', 'of another life');
        const first = { ...other.events[0], position: story.position } as (typeof story.events)[0];
        return [...story.events.slice(0, -1), first, ...other.events.slice(2)];
      },
    ],
    [
      'has nothing there and lacks the last that is kept for ever',
      (story: Story) => {
        const messages = story.events.filter(({ stream }) => stream.startsWith('message-'));
        const other = new Story(story.position);
        other.sends('Ann', 'Bob', 'of another life');
        return [...story.events.slice(0, -1).filter((event) => event !== messages.at(-1)), ...other.events];
      },
    ],
  ])(
    'do not go on with one that %s, where the last that they have seen may be forgotten',
    async (_, restored) => {
      const story = withPresence();
      const schema = await projected(story);
      const log = logOf(...restored(story));
      await expect(services.start(running.sides.pool, schema, log)).rejects.toThrow(AnotherLog);
    },
  );

  it('take note of an identity that was renewed: no cursor from before is recovered, later ones are', async () => {
    const story = conversation();
    const schema = await projected(story);
    const models = openReadModels({ pool: running.sides.pool, schema, logger: silent });
    const { upTo: before } = await models.missed('ann', null, 100);
    const [first] = story.events;
    if (!first) throw new Error('an empty story');
    const log = logOf(...story.events);
    expect(await models.missed('ann', { ...before, position: first.position }, 100)).toMatchObject({
      outcome: 'complete',
    });
    await log.renewIdentity();
    const { bus } = await services.start(running.sides.pool, schema, log);
    await eventually(async () => expect((await checkpoint(schema)).log).toBe(log.log));
    const { upTo: after } = await models.missed('ann', null, 100);
    expect(after).toEqual({ ...before, log: log.log });
    const known = story.events.length;
    const last = story.sends('Bob', 'Ann');
    log.write(story.events.slice(known));
    await eventually(() => expect(bus.pushedTo('ann')).toEqual([`${last.position}.0`]));
    expect(await models.missed('ann', before, 100)).toMatchObject({ outcome: 'incomplete' });
    expect(await models.missed('ann', after, 100)).toMatchObject({
      outcome: 'complete',
      pushes: [{ cursor: { position: last.position, ordinal: 0, log: log.log } }],
    });
  });

  it('of before logs had an identity take that of theirs, and go on', async () => {
    const story = conversation();
    const schema = await projected(story);
    await running.sides.pool.query(
      `update ${schema}.checkpoints set log = null, last_event_position = null, last_event_id = null,
        lasting_event_position = null, lasting_event_id = null`,
    );
    const models = openReadModels({ pool: running.sides.pool, schema, logger: silent });
    await expect(models.missed('ann', null, 100)).rejects.toThrow('being filled');
    const log = logOf(...story.events);
    await services.start(running.sides.pool, schema, log);
    expect((await models.missed('ann', null, 100)).upTo).toEqual({
      position: story.position,
      ordinal: 999,
      log: log.log,
    });
  });

  it('wait for an event store that does not say who it is', async () => {
    const story = conversation();
    const log = logOf(...story.events);
    log.away = true;
    const { service, bus } = await services.start(running.sides.pool, running.sides.freshSchema(), log);
    expect(await service.notReady()).toBe('the event store is away');
    log.away = false;
    await eventually(() => expect(bus.projected.at(-1)).toBe(String(story.position)));
    await eventually(async () => expect(await service.notReady()).toBeNull());
  });
});
