import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { rebuild } from '../../projection-service/rebuild.ts';
import { migrateReadModels } from '../../read-models/migrate.ts';
import { adoptSkipped } from '../../read-models/progress/parked-events.ts';
import { schemaInUse } from '../../read-models/schema-name.ts';
import { type RunningProjection, RunningServices } from '../projection-service/running-services.ts';
import { Story } from '../projection-service/story.ts';
import { eventually } from '../support/patience.ts';
import { appendStory } from './append-story.ts';
import { type OperatedStore, STORES } from './both-stores.ts';
import { runRallyCommand } from './rally-command.ts';

/** The double delivers few events a second. */
const MESSAGES: Readonly<Record<string, number>> = { PostgreSQL: 10_000, 'the EventStoreDB double': 1000 };
const NO_POISON = `add constraint no_poison check (content <> 'poison')`;

/** Messages in one stream: many are appended at once, and the projection looks at events alone. */
const inOneStream = (events: readonly RecordedEvent[]): RecordedEvent[] =>
  events.map((event) => (event.event.type === 'MessageSent' ? { ...event, stream: 'message-all' } : event));

describe.each(STORES)('one event among many that cannot be projected, the log in %s', (name, open) => {
  const messages = MESSAGES[name] ?? 0;
  let operated: OperatedStore;
  let schema: string;
  let projection: RunningProjection;
  let last: bigint;
  const services = new RunningServices();
  const rally = (...args: string[]) => runRallyCommand(operated.environment, ...args);
  /** On EventStoreDB more than events have places. */
  const projectedUpTo = (position: bigint) =>
    eventually(() =>
      expect(Number(projection.bus.projected.at(-1))).toBeGreaterThanOrEqual(Number(position)),
    );
  const parked = async () => {
    const { rows } = await operated.pool.query<{ position: bigint; skipped: boolean }>(
      `select position, skipped from ${schema}.parked_events`,
    );
    return rows;
  };

  beforeAll(async () => {
    operated = await open();
    const { pool, store } = operated;
    schema = await schemaInUse(pool);
    await migrateReadModels(pool, schema);
    await pool.query(`alter table ${schema}.messages ${NO_POISON}`);
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    for (let sent = 0; sent < messages; sent += 1)
      story.sends('Ann', 'Bob', sent === messages / 2 ? 'poison' : `${sent}`);
    last = await appendStory(store, inOneStream(story.events));
    projection = await services.start(pool, schema, store);
    await projectedUpTo(last);
  });
  afterAll(async () => {
    await services.stop();
    await operated.close();
  });

  it('is parked and the rest is projected: the service works, and says that it wants an operator', async () => {
    const { rows } = await operated.pool.query(`select from ${schema}.messages`);
    expect(rows).toHaveLength(messages - 1);
    const [row] = await parked();
    expect(await projection.service.notReady()).toBeNull();
    expect(await projection.service.degraded?.()).toBe(
      `1 event is parked (MessageSent at position ${row?.position}: SQLSTATE 23514 no_poison), see \`rally parked list\``,
    );
    const listed = await rally('parked', 'list');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toMatch(/MessageSent.*SQLSTATE 23514 no_poison.*waits for an operator/);
    const shown = await rally('--json', 'parked', 'show', String(row?.position));
    expect(shown.json()).toMatchObject({
      reason: 'SQLSTATE 23514 no_poison',
      event: { event: { data: { content: 'poison' } } },
    });
  });

  it('stays parked while it cannot be projected still, and nothing else is changed', async () => {
    const before = await parked();
    const retried = await rally('--json', 'parked', 'retry');
    expect(retried.code).toBe(3);
    expect(retried.json()).toMatchObject([
      { projected: false, result: 'still parked: SQLSTATE 23514 no_poison' },
    ]);
    expect(await parked()).toEqual(before);
    expect((await rally('parked', 'retry', '1')).stderr).toBe('rally: no event is parked at position 1\n');
  });

  it('stops a rebuild, which says what to do; skipped, it stops none', async () => {
    const { store, pool } = operated;
    const [row] = await parked();
    const position = row?.position ?? -1n;
    await migrateReadModels(pool, 'rebuilt');
    await pool.query(`alter table rebuilt.messages ${NO_POISON}`);
    const options = { store, pool, schema: 'rebuilt', signal: new AbortController().signal };
    await expect(rebuild(options)).rejects.toThrow(
      `the event at position ${position} cannot be projected (MessageSent in message-all: SQLSTATE 23514 no_poison); mend that and start again, or do without it: where it is parked, by \`rally parked skip ${position}\``,
    );
    expect((await rally('parked', 'skip', String(position))).code).toBe(0);
    expect(await projection.service.degraded?.()).toBeNull();
    const passOver = await adoptSkipped(pool, schema, 'rebuilt');
    expect((await rebuild({ ...options, passOver })).position).toBeGreaterThanOrEqual(last);
    const { rows } = await pool.query(`select position, skipped from rebuilt.parked_events`);
    expect(rows).toEqual([{ position, skipped: true }]);
  });

  it('is projected late once what was wrong is mended, while the service goes on', async () => {
    await operated.pool.query(`alter table ${schema}.messages drop constraint no_poison`);
    const [row] = await parked();
    const retried = await rally('parked', 'retry', String(row?.position));
    expect(retried).toMatchObject({ code: 0, stderr: '' });
    expect(retried.stdout).toMatch(/projected[\s\S]*Tabs see it when they load again/);
    expect(await parked()).toEqual([]);
    const { rows } = await operated.pool.query(
      `select from ${schema}.messages where content = 'poison' and position = ${row?.position}`,
    );
    expect(rows).toHaveLength(1);
    const more = new Story();
    more.sends('Ann', 'Bob', 'after it');
    const next = await appendStory(operated.store, more.events);
    await projectedUpTo(next);
  });

  it('can be waited for: nobody projects from pause to resume, and nothing is lost', async () => {
    const paused = await rally('--json', 'projections', 'pause');
    expect(paused).toMatchObject({ code: 0, stderr: '' });
    expect((await rally('projections', 'list')).stdout).toMatch(/in use, paused/);
    await eventually(async () =>
      expect(await projection.service.notReady()).toMatch(
        /^paused by an operator since .*resume with `rally/,
      ),
    );
    const more = new Story();
    more.sends('Ann', 'Bob', 'while paused');
    const next = await appendStory(operated.store, more.events);
    expect((await rally('projections', 'resume')).stdout).toBe('resumed\n');
    await projectedUpTo(next);
    await eventually(async () => expect(await projection.service.notReady()).toBeNull());
    expect(paused.json()).toMatchObject({ schema });
  });
});
