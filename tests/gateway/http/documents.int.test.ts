import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSE_CODES } from '../../../protocol/close-codes.ts';
import { ERRORS } from '../../../protocol/error-codes.ts';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import { type ApiFixture, openTestApi } from './api-fixture.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.drop());

describe('the documents, served to anybody', () => {
  it.each(['openapi.json', 'asyncapi.json'])('/api/%s is the committed one', async (name) => {
    const { status, body, headers } = await api.ask('GET', `/api/${name}`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(body).toEqual(JSON.parse(readFileSync(`docs/${name}`, 'utf8')));
  });

  it.each(['openapi.json', 'asyncapi.json', 'docs'])(
    '/api/%s is sent once to whoever keeps it',
    async (name) => {
      const first = await api.ask('GET', `/api/${name}`);
      expect(first.headers['cache-control']).toBe('no-cache');
      const etag = String(first.headers.etag);
      const again = await api.ask('GET', `/api/${name}`, { headers: { 'if-none-match': etag } });
      expect([again.status, again.body, again.headers.etag]).toEqual([304, null, etag]);
      expect((await api.ask('GET', `/api/${name}`, { headers: { 'if-none-match': '"old"' } })).status).toBe(
        200,
      );
    },
  );
});

describe('/api/docs', () => {
  const page = async () => String((await api.ask('GET', '/api/docs')).body);

  it('has every route, frame, close code and error code, each once to jump to', async () => {
    const html = await page();
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);
    expect(ids.length).toBe(new Set(ids).size);
    const { components } = JSON.parse(readFileSync('docs/asyncapi.json', 'utf8'));
    for (const id of [
      ...Object.keys(HTTP_ROUTES),
      ...Object.keys(components.messages).map((message) => `frame-${message}`),
      ...Object.values(CLOSE_CODES).map(({ code }) => `close-${code}`),
      ...Object.keys(ERRORS).map((code) => `code-${code}`),
    ])
      expect(ids).toContain(id);
    const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id = '']) => id);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  });

  it('may load, run and send nothing, and shows its own style all the same', async () => {
    const { headers, body } = await api.ask('GET', '/api/docs');
    const style = /<style>(.*)<\/style>/s.exec(String(body))?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(body).not.toMatch(/<script|style=|src=|url\(|@import|undefined|\[object/);
  });
});
