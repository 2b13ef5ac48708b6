import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateKeys } from '../../platform/keys/migrations.ts';
import type { KeysDatabase } from '../../platform/keys/user-keys.ts';
import { metadata } from '../event-store/events.ts';
import { type DoubleProcess, startDoubleProcess } from '../eventstoredb-double/double-process.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { natsServerIsThere, WITHOUT_NATS_SERVER } from '../support/nats-server.ts';
import { message, pushOf, twoPeople } from './message-suite.ts';

/** What somebody else's program writes into streams whose names begin like ours. */
const FOREIGN = [
  jsonEvent({ type: 'user-created', data: { id: 7, roles: ['admin'] } }),
  jsonEvent({ type: 'UserRegistered', data: { name: 'not ours' } }),
  jsonEvent({ type: 'UserRegistered', data: {}, metadata: { ...metadata() } }),
  jsonEvent({ type: 'MessageSent', data: { chatId: 'no uuid' }, metadata: { ...metadata() } }),
  jsonEvent({ type: 'something-else', data: [1, 2, 3], metadata: { commandId: 'x' } }),
  binaryEvent({ type: 'picture', data: Buffer.from([0xff, 0x00, 0xfe]) }),
  binaryEvent({ type: 'MessageSent', data: Buffer.from('{"not": "json'), metadata: Buffer.from('{]') }),
];

async function writeForeignEvents(url: string): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  for (const category of ['user', 'message', 'relationship', 'reading', 'order'])
    for (const event of FOREIGN)
      await client.appendToStream(`${category}-${randomUUID()}`, { ...event, id: randomUUID() });
  await client.dispose();
}

interface KeyRow {
  readonly user_key: string;
  readonly key: Buffer | null;
}

async function onDatabase<Result>(url: string, work: (pool: pg.Pool) => Promise<Result>): Promise<Result> {
  const pool = new pg.Pool({ connectionString: url });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

const readKeys = async (pool: pg.Pool): Promise<KeyRow[]> =>
  (await pool.query<KeyRow>('select user_key, key from keys.user_keys')).rows;

/** What people said in the log is sealed with them: a database without them cannot be filled from it. */
async function writeKeys(pool: pg.Pool, keys: readonly KeyRow[]): Promise<void> {
  if (keys.length === 0) return;
  await migrateKeys(new Kysely<KeysDatabase>({ dialect: new PostgresDialect({ pool }) }));
  for (const { user_key, key } of keys)
    await pool.query('insert into keys.user_keys values ($1, $2)', [user_key, key]);
}

describe.runIf(natsServerIsThere)('an EventStoreDB that others use too', () => {
  let home: string;
  let double: DoubleProcess;
  let deployment: DistributedDeployment;
  const start = async (keys: readonly KeyRow[] = []) => {
    const databaseForServices = async (url: string) => {
      await onDatabase(url, (pool) => writeKeys(pool, keys));
      return url;
    };
    const store = { EVENT_STORE: 'eventstoredb', EVENTSTORE_URL: double.url };
    deployment = await startDistributed(store, { databaseForServices });
  };
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-shared-'));
    double = await startDoubleProcess({ logFile: join(home, 'log') });
    await writeForeignEvents(double.url);
  });
  afterAll(async () => {
    await deployment?.stop();
    await double?.kill();
    await rm(home, { recursive: true, force: true });
  });

  async function expectChat(): Promise<void> {
    const { chatId, annTab, tabs } = await twoPeople(deployment);
    const sent = message(chatId, 'hello');
    expect(await annTab.ask('new_message', sent)).toMatchObject({ action: 'ack' });
    await Promise.all(tabs.map((tab) => pushOf(tab, 'new_message', sent.id)));
    expect(await deployment.projection.readiness()).toBe(200);
    for (const tab of tabs) expect(tab.of('new_message')).toHaveLength(1);
  }

  it('is no trouble, before and while the others write', async () => {
    await start();
    await expectChat();
    await writeForeignEvents(double.url);
    await expectChat();
  });

  it('that already holds a Rally is read into a new database with its keys first, and then goes on', async () => {
    const keys = await onDatabase(deployment.databaseUrl, readKeys);
    expect(keys.length).toBeGreaterThan(0);
    await deployment.stop();
    await start(keys);
    await expectChat();
  });
});

if (!natsServerIsThere)
  describe.skip(`an EventStoreDB that others use too: ${WITHOUT_NATS_SERVER}`, () => {
    it('is no trouble', () => {});
  });
