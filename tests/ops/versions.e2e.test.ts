import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_STREAM } from '../../platform/event-store/event-store.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import type { Service } from '../../platform/service/service.ts';
import { projectionDigest } from '../../projection-service/digest.ts';
import { startProjectionService } from '../../projection-service/start-projection-service.ts';
import { openReadModels, type ReadModels } from '../../read-models/read-models.ts';
import { READ_SCHEMA, schemaInUse } from '../../read-models/schema-name.ts';
import { silent } from '../projection-service/read-side.ts';
import { Story } from '../projection-service/story.ts';
import { eventually } from '../support/patience.ts';
import { type OperatedStore, STORES } from './both-stores.ts';
import { runRallyCommand, startRallyCommand } from './rally-command.ts';

/** More than one rebuild's batch, so that a kill meets one under way. */
const MESSAGES = 6000;
/** Each is a whole process: on the second store a few say as much. */
const KILLS: Readonly<Record<string, number>> = { PostgreSQL: 10, 'the EventStoreDB double': 3 };

describe.each(STORES)('rally rebuild, switch and rollback, the log in %s', (name, open) => {
  let operated: OperatedStore;
  let service: Service;
  let models: ReadModels;
  const rally = (...args: string[]) => runRallyCommand(operated.environment, ...args);
  const json = async (...args: string[]) => {
    const { code, stderr, json } = await rally('--json', ...args);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return json();
  };
  const idle = () =>
    eventually(async () => expect((await rally('projections', 'lag', '--limit', '0')).code).toBe(0), 500);

  beforeAll(async () => {
    operated = await open();
    const story = new Story().signsUp('Ann', 'Bob').chat('Ann', 'Bob');
    for (let sent = 0; sent < MESSAGES; sent += 1) story.sends('Ann', 'Bob');
    await append(operated, story);
    const { store, pool } = operated;
    service = await startProjectionService({
      store,
      pool,
      bus: createInProcessBus({ logger: silent }),
      configuration: { FEED_RETENTION_S: 1_000_000_000, WRITE_INTERVAL_MS: 1 },
      logger: silent,
      metrics: new Registry(),
      clock: () => new Date(),
    });
    models = openReadModels({ pool, logger: silent });
    await idle();
  });
  afterAll(async () => {
    await service.stop();
    await operated.close();
  });

  it('killed at any point it goes on, and makes the same rows; then it changes over, and back', async () => {
    const { stdout } = await rally('projections', 'list');
    expect(stdout).toContain(READ_SCHEMA);
    for (let kill = 0; kill < (KILLS[name] ?? 0); kill += 1) {
      const rebuilding = startRallyCommand(operated.environment, 'rebuild', '--no-switch');
      setTimeout(() => rebuilding.signal('SIGKILL'), Math.random() * KILL_WITHIN_MS);
      await rebuilding.exited;
    }
    const rebuilt = await json('rebuild', '--no-switch');
    const schema = `${READ_SCHEMA}_2`;
    expect(rebuilt).toMatchObject({ schema, in_use: false, previous: null });
    expect(await projectionDigest(operated.pool, schema)).toEqual(
      await projectionDigest(operated.pool, READ_SCHEMA),
    );

    const before = await models.projectedPosition();
    expect(await json('switch')).toMatchObject({ schema, events: 0, in_use: true, previous: READ_SCHEMA });
    expect(await schemaInUse(operated.pool)).toBe(schema);
    expect(await models.projectedPosition()).toBe(before);
    expect(await json('projections', 'list')).toMatchObject([
      { schema, state: 'in use', filled: true, lag: 0, parked: 0 },
      { schema: READ_SCHEMA, state: 'previous' },
    ]);
    await append(operated, new Story(1_000_000n).signsUp('Cid'));
    await idle();
    expect(await json('rollback')).toMatchObject({ schema: READ_SCHEMA, events: 1, previous: schema });
    await append(operated, new Story(1_000_000n).signsUp('Dee'));
    await idle();
    expect((await models.user('Ann', 'Dee')).answer).toMatchObject({ username: 'Dee' });
  });

  it('makes one room anew, and leaves the others as they are', async () => {
    const schema = await schemaInUse(operated.pool);
    await operated.pool.query(`update ${schema}.messages set content = 'tampered' where number = 1`);
    await operated.pool.query(`update ${schema}.users set nickname = 'tampered' where user_key = 'bob'`);
    const position = await models.projectedPosition();
    expect(await json('rebuild', 'chats')).toMatchObject({
      schema,
      rooms: ['chats'],
      position: String(position),
    });
    const verified = await rally('--json', 'verify', 'chats', 'users');
    expect(verified.code).toBe(3);
    expect(verified.json()).toMatchObject({
      differences: [{ table: 'users', columns: [{ column: 'nickname', live: 'tampered' }] }],
    });
    await append(operated, new Story(2_000_000n).signsUp('Gil'));
    await idle();
    expect((await models.user('Ann', 'Gil')).answer).toMatchObject({ username: 'Gil' });
  });

  it('knows no other rooms, and no rooms that are left ready', async () => {
    const { code, stderr } = await rally('rebuild', 'chat');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^rally: there is no room chat, only users, .*chats.*, feed\n$/),
    });
    expect((await rally('rebuild', 'chats', '--no-switch')).code).toBe(2);
  });

  it('says in one line what cannot be done', async () => {
    const { code, stdout, stderr } = await rally('switch');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('rally: there is no version to switch to: `rally rebuild` makes one\n');
  });

  it('tells whoever is second', async () => {
    const both = await Promise.all([
      rally('rebuild', '--no-switch', '--anew'),
      rally('rebuild', '--no-switch', '--anew'),
    ]);
    const codes = both.map(({ code }) => code).sort();
    expect(codes[0]).toBe(0);
    expect([0, 4]).toContain(codes[1]);
  });

  it('has lag that a script can ask for', async () => {
    await service.stop();
    await append(operated, new Story(1_000_000n).signsUp('Eve', 'Fay'));
    const { code, json } = await rally('--json', 'projections', 'lag', '--limit', '1');
    expect(code).toBe(3);
    expect(json()).toMatchObject({ lag: 2, limit: 1 });
  });
});

/** About as long as a rebuild takes, and the start of its process. */
const KILL_WITHIN_MS = 3000;

/** As the command service would have written it. */
async function append({ store }: OperatedStore, story: Story): Promise<void> {
  const metadata = { commandId: '', correlationId: '', causationId: '', actor: '', schemaVersion: '1' };
  const appends = story.events.map(
    ({ stream, event }) =>
      () =>
        store.append(stream, NO_STREAM, [{ id: randomUUID(), event, metadata }]),
  );
  for (let from = 0; from < appends.length; from += 500)
    await Promise.all(appends.slice(from, from + 500).map((write) => write()));
}
