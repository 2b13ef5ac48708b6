import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiFixture, openTestApi } from './api-fixture.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.drop());

describe('the printed address, opened in a browser', () => {
  it.each(['/', '//', '/?utm=1'])('%s says in words what this is and where to go on', async (url) => {
    const { status, headers, body } = await api.ask('GET', url);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    for (const named of ['<html lang="en">', '<title>Rally</title>', '/api', '/ws/events', 'make demo'])
      expect(body).toContain(named);
  });

  it('names only documents that there are', async () => {
    const { body } = await api.ask('GET', '/');
    const documents = [...String(body).matchAll(/<code>([\w/.-]+\.md)<\/code>/g)].map(
      ([, path = '']) => path,
    );
    expect(documents).toContain('README.md');
    expect(documents.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('may load, run and send nothing, and shows its own style all the same', async () => {
    const { headers, body } = await api.ask('GET', '/');
    const style = /<style>(.*)<\/style>/s.exec(String(body))?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(body).not.toMatch(/<script|style=|src=|href="(?!\/api\/docs")|url\(|@import/);
  });

  it('answers HEAD alike', async () => {
    const { body: _, ...get } = await api.ask('GET', '/');
    expect(await api.ask('HEAD', '/')).toMatchObject({ ...get, status: 200 });
  });
});
