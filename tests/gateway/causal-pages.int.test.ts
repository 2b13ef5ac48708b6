import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfiguration } from '../../platform/configuration/read-configuration.ts';
import { Parts } from '../../platform/service/service.ts';
import { parseCursor } from '../../protocol/cursor.ts';
import { standaloneConfiguration } from '../../standalone/configuration.ts';
import { startStandalone } from '../../standalone/start-standalone.ts';
import { openChat, signUp, type User } from '../support/api-client.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const parts = new Parts();
let database: TestDatabase;
let ann: User;
let bob: User;
beforeAll(async () => {
  database = await createTestDatabase();
  const configuration = readConfiguration(standaloneConfiguration, {
    PORT: '0',
    DATABASE_URL: database.url,
    JWT_SECRET: randomUUID(),
    READ_YOUR_WRITES_MS: '50',
  });
  const context = {
    opsAddress: '',
    logger: pino({ level: 'silent' }),
    metrics: new Registry(),
    tracing: null,
    parts,
    addProcess: () => {},
    fail: () => {},
  };
  const { gateway } = await startStandalone(configuration, context, () => {});
  [ann, bob] = [await signUp(gateway.address, 'Ann'), await signUp(gateway.address, 'Bob')];
  await openChat(ann, bob);
});
afterAll(async () => {
  await parts.stop();
  await database.drop();
});

const pages = () => [
  '/self',
  '/users?search=none',
  `/users/${bob.username}`,
  `/users/${ann.username}/friends`,
  `/users/${ann.username}/blocked_users`,
  '/chats',
  `/chats/${bob.username}/messages`,
];

const get = (path: string, after: string) => ann.request('GET', path, undefined, { 'x-rally-after': after });

it('every page tells its place, which any other can name', async () => {
  let after = '0';
  for (const path of [...pages(), ...pages()]) {
    const answer = await get(path, after);
    expect(answer.status, path).toBe(200);
    after = answer.headers.get('x-rally-position') ?? '';
    expect(parseCursor(after), path).toMatchObject({ position: 2n, ordinal: 999 });
  }
});

it('a place that the log has not reached is not visible yet', async () => {
  for (const path of pages())
    for (const after of ['3', '9223372036854775807']) {
      const answer = await get(path, after);
      expect(answer, path).toMatchObject({ status: 503, body: { code: 'not_visible_yet' } });
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
});

it('a place of another log is none', async () => {
  const place = parseCursor((await get('/chats', '0')).headers.get('x-rally-position') ?? '');
  for (const after of [`0.0.${Number(place?.log) - 1}`, `3.0.${Number(place?.log) - 1}`])
    expect(await get('/chats', after)).toMatchObject({
      status: 422,
      body: [{ loc: ['header', 'X-Rally-After'], type: 'invalid_cursor' }],
    });
});
