import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiFixture, openTestApi, pageHeaders } from './api-fixture.ts';

describe('a request', () => {
  let api: ApiFixture;
  let headers: Record<string, string>;
  beforeAll(async () => {
    api = await openTestApi();
    headers = await api.signUp('Ann');
  });
  afterAll(() => api.drop());
  beforeEach(() => void api.presence.story.splice(0));

  /** How often somebody was active. */
  const actives = () => api.presence.story.filter((step) => step.startsWith('active ')).length;

  it('makes the sign-in active that it belongs to', async () => {
    expect((await api.ask('GET', '/api/self', { headers })).status).toBe(200);
    expect(actives()).toBe(1);
    const again = await api.ask('POST', '/api/notifications/mark_all_as_read', { headers });
    expect(again.status).toBe(200);
    expect(actives()).toBe(2);
    expect(new Set(api.presence.story).size).toBe(1);
  });

  it('makes nobody active who is not signed in, or was made to send it by another page', async () => {
    expect((await api.ask('GET', '/api/self')).status).toBe(401);
    const foreign = { ...headers, origin: 'https://elsewhere.example' };
    expect((await api.ask('POST', '/api/notifications/mark_all_as_read', { headers: foreign })).status).toBe(
      403,
    );
    expect(actives()).toBe(0);
  });

  it('makes nobody active by a renewal, which pages do by themselves', async () => {
    const renewed = await api.ask('POST', '/api/refresh', { headers });
    expect(renewed.status).toBe(204);
    expect(actives()).toBe(0);
    expect((await api.ask('GET', '/api/self', { headers: pageHeaders(renewed) })).status).toBe(200);
    expect(actives()).toBe(1);
  });
});
