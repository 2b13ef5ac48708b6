import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { READ_SCHEMA } from '../../read-models/schema-name.ts';
import type { Deployment } from '../support/deployment.ts';
import { startDistributed } from '../support/distributed-deployment.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { idsOf, readAfter } from './causal-suite.ts';
import { message, twoPeople } from './message-suite.ts';

/** Whoever waits here waits for as long as the test takes. */
const SETTINGS = { READ_YOUR_WRITES_MS: String(PATIENCE_MS) };

describe('causal reads in one process', () => {
  describeHeldUp(async () => {
    const database = await createTestDatabase();
    const deployment = await startEmbedded({
      ...SETTINGS,
      DATABASE_URL: database.url,
      JWT_SECRET: 'x'.repeat(32),
    });
    return {
      ...deployment,
      databaseUrl: database.url,
      stop: async () => {
        await deployment.stop();
        await database.drop();
      },
    };
  });
});

describeWithNats('causal reads of two gateways over NATS', () => {
  describeHeldUp(() => startDistributed(SETTINGS));
});

function describeHeldUp(start: () => Promise<Deployment & { readonly databaseUrl: string }>): void {
  let deployment: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    deployment = await start();
  });
  afterAll(() => deployment?.stop());

  it('wait at any gateway while the projection is held up; other pages show what is there', async () => {
    const { ann, bob, chatId, annTab } = await twoPeople(deployment);
    const path = `/chats/${ann.username}/messages`;
    const before = await bob.get(path);
    const release = await holdMessages(deployment.databaseUrl);

    const sent = message(chatId, 'held up');
    const { data } = await annTab.ask('new_message', sent);
    const waiting = deployment.addresses.map((address) =>
      readAfter(bob, address, path, String(data.position)),
    );
    for (const address of deployment.addresses) {
      const page = await readAfter(bob, address, path, before.headers.get('x-rally-position') ?? '');
      expect(page.status).toBe(200);
      expect(idsOf(page)).toEqual([]);
    }

    await release();
    for (const page of await Promise.all(waiting)) {
      expect(page.status).toBe(200);
      expect(idsOf(page)).toEqual([sent.id]);
    }
  });
}

/** No message is written before the release; what is there is read as always. */
async function holdMessages(url: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('begin');
  await client.query(`lock table ${READ_SCHEMA}.messages in share mode`);
  return async () => {
    await client.query('commit');
  };
}
