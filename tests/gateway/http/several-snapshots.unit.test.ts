import fastify from 'fastify';
import { expect, it } from 'vitest';
import { acceptCausalReads, CausalReads } from '../../../gateway/http/causal-reads.ts';
import { type Cursor, cursorAfter } from '../../../protocol/cursor.ts';

/** A page of several queries, each with a snapshot of its own. */
async function readPage(...snapshots: Cursor[]) {
  const app = fastify();
  const causalReads = new CausalReads({ hasPassed: () => true, waitFor: async () => true });
  acceptCausalReads(app);
  app.setErrorHandler((error, _request, reply) => reply.code(503).send(error));
  app.get('/', async (request) =>
    snapshots.map((upTo, index) => causalReads.answerOf(request, { answer: index, upTo })),
  );
  const { statusCode, headers } = await app.inject({ url: '/', headers: { 'x-rally-after': '10' } });
  return { status: statusCode, position: headers['x-rally-position'] };
}

it('a page of several queries holds what the one holds that goes least far', async () => {
  const upTos = [12n, 11n, 13n].map((position) => cursorAfter(position, '7'));
  expect(await readPage(...upTos)).toEqual({ status: 200, position: '11.999.7' });
});

it('a page of which one query does not go far enough is not answered', async () => {
  expect(await readPage(cursorAfter(12n, '7'), cursorAfter(9n, '7'))).toEqual({ status: 503 });
});

it('a page of two logs is not answered', async () => {
  expect(await readPage(cursorAfter(12n, '7'), cursorAfter(12n, '8'))).toEqual({ status: 503 });
});
