import { expect, it } from 'vitest';
import { eventually } from '../support/patience.ts';
import { useServices } from './running-services.ts';
import { ScriptedLog } from './scripted-log.ts';
import { Story } from './story.ts';

const running = useServices();
const { services } = running;

it('the leader trims what is older than the retention, by the dates of the events', async () => {
  const [schema, log, story] = [
    running.sides.freshSchema(),
    new ScriptedLog(),
    new Story().signsUp('Ann', 'Bob'),
  ];
  story.chat('Ann', 'Bob');
  const sent = Array.from({ length: 30 }, () => story.sends('Ann', 'Bob'));
  const [oldest, cut] = [sent.at(0)?.position ?? 0n, sent.at(19)?.position ?? 0n];
  let now = new Date(story.dateOf(oldest));
  log.write(story.events);
  await services.start(running.sides.pool, schema, log, {
    configuration: { FEED_RETENTION_S: 60 },
    clock: () => now,
    limits: { trimEveryMs: 20, trimRows: 7 },
  });
  const kept = async () => {
    const { rows } = await running.sides.pool.query(
      `select count(*)::integer as rows, min(position) as first, (select feed_floor from ${schema}.checkpoints) as floor
       from ${schema}.feed`,
    );
    return rows[0];
  };
  await eventually(async () => expect(await kept()).toMatchObject({ rows: 30, first: oldest, floor: -1n }));
  now = new Date(Date.parse(story.dateOf(cut)) + 60_001);
  await eventually(async () =>
    expect(await kept()).toMatchObject({ rows: 10, first: sent.at(20)?.position, floor: cut }),
  );
});
