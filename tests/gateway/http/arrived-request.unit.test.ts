import fastify from 'fastify';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { isAbandoned } from '../../../gateway/http/arrived-request.ts';
import { createHttpHandler } from '../../../gateway/http/http-handler.ts';

it('lets a route ask, at any time, whether its client has gone', async () => {
  const app = fastify();
  let hasGone = false;
  app.get('/', async (request) => {
    const before = isAbandoned(request);
    hasGone = true;
    return [before, isAbandoned(request)];
  });
  const { handle } = await createHttpHandler(app, {
    logger: pino({ enabled: false }),
    allowsOrigin: () => false,
  });
  const { body } = await handle({
    method: 'GET',
    url: '/',
    headers: {},
    body: Buffer.alloc(0),
    remoteAddress: '192.0.2.1',
    isAbandoned: () => hasGone,
  });
  expect(JSON.parse(body.toString())).toEqual([false, true]);
});
