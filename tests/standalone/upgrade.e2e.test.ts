import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';
import { ApiClient, PASSWORD } from '../support/api-client.ts';
import { startStandalone } from '../support/embedded-deployment.ts';
import type { RallyProcess } from '../support/rally-process.ts';
import { openTab } from '../support/tab.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** As an earlier version left it whose read models were these. */
const OLD_SCHEMA = 'read_v2';
const OLD_DATABASE = readFileSync('tests/standalone/fixtures/read-v2.sql', 'utf8');

/** Those that a database may have besides the current one. */
const EARLIER_SCHEMAS = ['read_v2', 'read_v3', 'read_v4'];

/** As the guide has it for whoever does not go back. */
const DROP = /drop schema if exists [\w, ]+ cascade/.exec(
  readFileSync('docs/operations/deploy.md', 'utf8').split('The old schema stays')[1] ?? '',
)?.[0];

let database: TestDatabase;
let client: pg.Client;
let rally: RallyProcess | undefined;
beforeEach(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(OLD_DATABASE);
  await client.query('reset all');
});
afterEach(async () => {
  await rally?.stop();
  await client.end();
  await database.drop();
});

it('a database of an earlier version goes on by itself; its read models stay beside, until they are dropped', async () => {
  expect(EARLIER_SCHEMAS).toContain(OLD_SCHEMA);
  expect(EARLIER_SCHEMAS).not.toContain(READ_SCHEMA);
  const before = await oldRows();
  const started = await startStandalone({ DATABASE_URL: database.url, JWT_SECRET: 's'.repeat(32) });
  rally = started.rally;

  const [ann, bob] = [await signIn(started.address, 'Ann'), await signIn(started.address, 'Bob')];
  expect((await bob.get('/chats')).body).toMatchObject({
    count: 1,
    items: [{ username: 'Ann', unread_messages_count: 1, last_message: { content: 'third' } }],
  });
  expect((await ann.get('/chats/Bob/messages')).body).toMatchObject({
    items: [
      { content: 'third', sender: 'Ann', is_read: false, is_liked: false },
      { content: 'second', sender: 'Bob', is_read: false, is_liked: false },
      { content: 'first', sender: 'Ann', is_read: true, is_liked: true },
    ],
  });
  expect((await ann.get('/users/Ann/blocked_users')).body).toMatchObject({ items: [{ username: 'Cid' }] });

  const [{ chat_id }] = ((await ann.get('/chats')).body as { items: [{ chat_id: string }] }).items;
  const tab = await openTab(ann);
  expect(await tab.ask('new_message', { chat_id, content: 'fourth', timestamp: 't' })).toMatchObject({
    action: 'ack',
  });
  expect((await tab.action('new_message')).data).toMatchObject({ content: 'fourth' });
  expect(await oldRows()).toEqual(before);

  expect(DROP?.match(/read_v\d+/g)).toEqual(EARLIER_SCHEMAS);
  await client.query(String(DROP));
  expect(await tab.ask('new_message', { chat_id, content: 'fifth', timestamp: 't' })).toMatchObject({
    action: 'ack',
  });
  await tab.frame(({ action, data }) => action === 'new_message' && data.content === 'fifth');
});

async function signIn(address: string, username: string) {
  const user = Object.assign(new ApiClient(address), { username });
  expect((await user.post('/login', { username, password: PASSWORD })).status).toBe(200);
  return user;
}

/** All of the old read models. */
async function oldRows(): Promise<unknown[]> {
  const { rows } = await client.query(
    "select query_to_xml(format('select * from %I.%I', schemaname, tablename), true, false, '')::text as rows from pg_tables where schemaname = $1 order by tablename",
    [OLD_SCHEMA],
  );
  expect(rows.length).toBeGreaterThan(10);
  return rows;
}
