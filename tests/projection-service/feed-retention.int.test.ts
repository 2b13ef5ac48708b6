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
  const message = story.sends('Ann', 'Bob');
  const likes = Array.from({ length: 30 }, (_, liked) => {
    if (liked % 2 === 0) story.likes(message);
    else story.unlikes(message);
    return story.position;
  });
  const [oldest, cut] = [likes.at(0) ?? 0n, likes.at(19) ?? 0n];
  let now = new Date(story.dateOf(oldest));
  log.write(story.events);
  await services.start(running.sides.pool, schema, log, {
    configuration: { FEED_RETENTION_S: 60, WRITE_INTERVAL_MS: 1 },
    clock: () => now,
    limits: { trimEveryMs: 20, trimRows: 14 },
  });
  const kept = async () => {
    const { rows } = await running.sides.pool.query(
      `select count(distinct position)::integer as rows, min(position) as first, (select position from ${schema}.feed_floor) as floor
       from ${schema}.feed`,
    );
    return rows[0];
  };
  await eventually(async () => expect(await kept()).toMatchObject({ rows: 30, first: oldest, floor: -1n }));
  now = new Date(Date.parse(story.dateOf(cut)) + 60_001);
  await eventually(async () =>
    expect(await kept()).toMatchObject({ rows: 10, first: likes.at(20), floor: cut }),
  );
});
