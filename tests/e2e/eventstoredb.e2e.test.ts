import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Deployment } from '../support/deployment.ts';
import { startDistributed } from '../support/distributed-deployment.ts';
import { natsServerIsThere, WITHOUT_NATS_SERVER } from '../support/nats-server.ts';
import { describeChat } from './chat-suite.ts';
import { SERVICE_TOKEN } from './players.ts';

const { EVENTSTORE_URL } = process.env;

/** Whatever earlier runs and others have left in the log is read first: for some 10,000,000 events. */
const FILLING_MS = 15 * 60_000;

if (EVENTSTORE_URL && natsServerIsThere)
  describe('chat in three processes over NATS, the log in EventStoreDB', () => {
    let deployment: Deployment;
    beforeAll(async () => {
      const settings = { EVENT_STORE: 'eventstoredb', EVENTSTORE_URL, SERVICE_TOKEN };
      deployment = await startDistributed(settings, { fillingMs: FILLING_MS });
    }, FILLING_MS + 60_000);
    afterAll(() => deployment?.stop());
    describeChat(() => deployment, 'everything');
  });
else
  describe.skip(`chat, the log in a real EventStoreDB: ${EVENTSTORE_URL ? WITHOUT_NATS_SERVER : 'set EVENTSTORE_URL'}`, () => {
    it('the chat suite', () => {});
  });
