import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWebClient } from '../../../gateway/http/web-client.ts';
import { pathOf, type Route } from '../../../web/kit/routes.ts';
import { type ApiFixture, openTestApi } from './api-fixture.ts';

const SCRIPT = 'export {};'.repeat(100);

let directory: string;
let api: ApiFixture;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rally-web-'));
  await mkdir(join(directory, 'assets'));
  const files = {
    'index.html': '<!doctype html><html><head></head><body></body></html>',
    'embed.js': SCRIPT,
    'assets/page-1a2b.js': SCRIPT,
    'assets/page-1a2b.js.gz': gzipSync(SCRIPT),
    'notes.txt': 'not a file of pages',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  api = await openTestApi({
    webClient: await readWebClient(directory, 'https://play.example/?a&g={game_id}"'),
  });
});
afterAll(async () => {
  await api.drop();
  await rm(directory, { recursive: true });
});

const EACH_PAGE: readonly Route[] = [
  { page: 'chat' },
  { page: 'chat', username: 'ann@home' },
  { page: 'chat', username: 'ann', message: 'a' },
  { page: 'user', username: 'ann' },
  { page: 'notifications' },
  { page: 'duel' },
  { page: 'tournaments' },
  { page: 'settings' },
];

describe('the web client', () => {
  it.each(['/', ...EACH_PAGE.map(pathOf)])('is served at %s, under a strict policy', async (path) => {
    const { status, headers, body } = await api.ask('GET', path);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    });
    expect(body).toContain('<body></body>');
  });

  it('is told where games are played', async () => {
    const { body } = await api.ask('GET', '/');
    expect(body).toContain(
      '<meta name="rally-game-url" content="https://play.example/?a&amp;g={game_id}&quot;" />',
    );
  });

  it('has files that are kept for ever, and sent as small as the browser takes them', async () => {
    const path = '/assets/page-1a2b.js';
    const plain = await api.ask('GET', path);
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding, Origin',
    });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    const small = await api.ask('GET', path, { headers: { 'accept-encoding': 'br;q=1.0, gzip' } });
    expect(small.headers).toHaveProperty('content-encoding', 'gzip');
    const refused = await api.ask('GET', path, { headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(refused.headers).not.toHaveProperty('content-encoding');
  });

  it.each(['/', '/embed.js'])('%s is asked for each time, and sent only when it is another', async (path) => {
    const { headers } = await api.ask('GET', path);
    expect(headers).toHaveProperty('cache-control', 'no-cache');
    const again = await api.ask('GET', path, { headers: { 'if-none-match': String(headers.etag) } });
    expect(again).toMatchObject({ status: 304, body: null });
  });

  it.each(['/notes.txt', '/assets/page-1a2b.js.gz', '/index.html', '/assets', '/users'])(
    'has nothing at %s',
    async (path) => {
      expect(await api.ask('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    },
  );

  it('shows people who have mistyped an address that there is nothing, and programs a code', async () => {
    const headers = { accept: 'text/html,*/*' };
    const { status, body, headers: answered } = await api.ask('GET', '/users/ann/zz', { headers });
    expect(status).toBe(404);
    expect(body).toContain('<body></body>');
    expect(answered).toHaveProperty('content-security-policy');
    expect(await api.ask('GET', '/api/nothing', { headers })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('is not there when it has not been built', async () => {
    expect(await readWebClient(join(directory, 'nowhere'), undefined)).toBeNull();
  });
});
