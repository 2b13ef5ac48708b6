import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { openReadSides, type ReadSides } from './read-side.ts';
import { RunningServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

let sides: ReadSides;
const services = new RunningServices();
beforeAll(async () => {
  sides = await openReadSides();
});
afterEach(() => services.stop());
afterAll(() => sides.close());

it('the leader trims what is older than the retention, by the dates of the events', async () => {
  const [schema, log, story] = [sides.freshSchema(), new ScriptedLog(), new Story().signsUp('Ann', 'Bob')];
  story.chat('Ann', 'Bob');
  const sent = Array.from({ length: 30 }, () => story.sends('Ann', 'Bob'));
  const [oldest, cut] = [sent.at(0)?.position ?? 0n, sent.at(19)?.position ?? 0n];
  let now = new Date(story.dateOf(oldest));
  log.write(story.events);
  await services.start(sides.pool, schema, log, {
    configuration: { FEED_RETENTION_S: 60 },
    clock: () => now,
    limits: { trimEveryMs: 20, trimRows: 7 },
  });
  const kept = async () => {
    const { rows } = await sides.pool.query(
      `select count(*)::integer as rows, min(position) as first, (select feed_floor from ${schema}.checkpoints) as floor
       from ${schema}.feed`,
    );
    return rows[0];
  };
  await vi.waitFor(async () => expect(await kept()).toMatchObject({ rows: 30, first: oldest, floor: -1n }));
  now = new Date(Date.parse(story.dateOf(cut)) + 60_001);
  await vi.waitFor(async () =>
    expect(await kept()).toMatchObject({ rows: 10, first: sent.at(20)?.position, floor: cut }),
  );
});
