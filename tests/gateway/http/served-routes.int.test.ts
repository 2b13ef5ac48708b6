import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpApp } from '../../../gateway/http/create-http-api.ts';
import { credentialsOf, type HttpRoute } from '../../../protocol/http-route.ts';
import { HTTP_ROUTES } from '../../../protocol/http-routes.ts';
import { type ApiFixture, expectRefusal, openTestApi } from './api-fixture.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.drop());

const ROUTES: readonly HttpRoute[] = Object.values(HTTP_ROUTES);
const nameOf = ({ method, path }: HttpRoute) => `${method} ${path}`;

/** They tell of the protocol and are none of it. */
const DOCUMENTS = ['GET /openapi.json', 'GET /asyncapi.json', 'GET /docs'];

describe('the routes under /api', () => {
  it('are those of the protocol, each once, and no others', async () => {
    const app = createHttpApp({ ...api.parts, registry: new Registry() });
    const served: string[] = [];
    app.addHook('onRoute', ({ method, url }) => {
      // Several methods at once are those that a path does not have.
      if (typeof method === 'string')
        served.push(`${method} ${url.replace(/^\/api/, '').replace(/:(\w+)/g, '{$1}')}`);
    });
    await app.ready();
    await app.close();
    expect(served.sort()).toEqual([...ROUTES.map(nameOf), ...DOCUMENTS].sort());
  });

  it.each(
    ROUTES.filter((route) => credentialsOf(route) !== 'none').map((route) => [nameOf(route), route] as const),
  )('%s is for nobody who brings no credentials', async (_, { method, path }) => {
    expectRefusal(await api.ask(method, `/api${path.replace(/[{}]/g, '')}`), 'unauthenticated');
  });
});
