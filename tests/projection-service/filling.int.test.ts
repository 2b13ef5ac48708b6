import { describe, expect, it } from 'vitest';
import { projectCarefully } from '../../projection-service/project-carefully.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
import { readFilling } from '../../read-models/snapshot.ts';
import { eventually } from '../support/patience.ts';
import { HeldLog } from './held-log.ts';
import { useServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

const FIVE_AT_A_TIME = { limits: { batchSize: 5 } };

describe('filling read models from the log', () => {
  const running = useServices();
  const { services } = running;

  const filling = (schema: string) => readFilling(running.sides.pool, schema);
  const conversation = (messages: number): Story => {
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    for (let sent = 0; sent < messages; sent += 1) story.sends('Ann', 'Bob');
    return story;
  };
  const reached = (schema: string, position: bigint | undefined) =>
    eventually(async () => expect((await filling(schema))?.position).toBe(position));

  it('goes on after a restart and a takeover: not ready, and silent, until the end of the log', async () => {
    const [schema, log] = [running.sides.freshSchema(), new HeldLog(2)];
    const story = conversation(37);
    log.write(story.events);
    const first = await services.start(running.sides.pool, schema, log, FIVE_AT_A_TIME);
    await reached(schema, story.events[9]?.position);
    const second = await services.start(running.sides.pool, schema, log, FIVE_AT_A_TIME);
    for (const { service } of [first, second])
      expect(await service.notReady()).toBe(
        `filling the read models, at position ${story.events[9]?.position}`,
      );
    await first.service.stop();
    await reached(schema, story.events[19]?.position);
    expect(await second.service.notReady()).toMatch(/^filling the read models/);
    expect(second.bus.pushedTo('ann')).toEqual([]);
    log.letGo();
    await eventually(async () => expect(await second.service.notReady()).toBeNull());
    expect(await filling(schema)).toEqual({ position: story.position, filled: true });
    const lastBatch = story.events.slice(-5).map(({ position }) => `${position}.0`);
    await eventually(() => expect(second.bus.pushedTo('ann')).toEqual(lastBatch));
  });

  it('is done with an empty log at once', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const { service } = await services.start(running.sides.pool, schema, log);
    await eventually(async () => expect(await filling(schema)).toEqual({ position: -1n, filled: true }));
    expect(await service.notReady()).toBeNull();
  });

  it('is done once: whoever comes late to filled read models publishes all that is new', async () => {
    const [schema, log] = [running.sides.freshSchema(), new ScriptedLog()];
    const first = await services.start(running.sides.pool, schema, log);
    await eventually(async () => expect((await filling(schema))?.filled).toBe(true));
    await first.service.stop();
    const story = conversation(37);
    log.write(story.events);
    const { bus } = await services.start(running.sides.pool, schema, log, FIVE_AT_A_TIME);
    await eventually(() => expect(bus.pushedTo('ann')).toHaveLength(37));
  });

  it('is not done with half a batch', async () => {
    const side = await running.sides.open(running.sides.freshSchema(), false);
    const story = conversation(1);
    story.sends('Ann', 'Bob', 'parked', 'not a uuid');
    story.sends('Ann', 'Bob');
    const filledWhenParked: boolean[] = [];
    const batch = { events: story.events, position: story.position, caughtUp: true };
    await projectCarefully(side.leadership, batch, {
      tell: async () => {},
      onPoison: async ({ park }) => {
        await park();
        filledWhenParked.push(side.leadership.filled);
      },
    });
    expect(filledWhenParked).toEqual([false]);
    expect(await filling(side.schema)).toEqual({ position: story.position, filled: true });
  });

  it('by a rebuild counts when that has been at the end, not when it stops at a position before', async () => {
    const [schema, log, story] = [running.sides.freshSchema(), new ScriptedLog(), conversation(8)];
    log.write(story.events);
    const options = { store: log, pool: running.sides.pool, schema, signal: new AbortController().signal };
    await rebuild({ ...options, upTo: story.events[5]?.position ?? 0n });
    expect(await filling(schema)).toEqual({ position: story.events[5]?.position, filled: false });
    await rebuild(options);
    expect(await filling(schema)).toEqual({ position: story.position, filled: true });
  });
});
