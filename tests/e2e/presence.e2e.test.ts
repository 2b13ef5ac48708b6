import { afterAll, beforeAll, describe } from 'vitest';
import {
  type LoggedDeployment,
  type StartLogged,
  startLoggedDistributed,
  startLoggedEmbedded,
  startLoggedOnDouble,
} from '../support/logged-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import type { Extent } from './extent.ts';
import { describePresence, PRESENCE_SETTINGS } from './presence-suite.ts';
import { describeTyping } from './typing-suite.ts';

describe('who is there, in one process', () => {
  describeWhoIsThere(startLoggedEmbedded, 'one of each');
});

describeWithNats('who is there, at two gateways, the log in PostgreSQL', () => {
  describeWhoIsThere(startLoggedDistributed, 'everything');
});

describeWithNats('who is there, at two gateways, the log in a double of EventStoreDB', () => {
  describeWhoIsThere(startLoggedOnDouble, 'one of each');
});

function describeWhoIsThere(start: StartLogged, extent: Extent): void {
  let deployment: LoggedDeployment;
  beforeAll(async () => {
    deployment = await start(PRESENCE_SETTINGS);
  });
  afterAll(() => deployment?.stop());
  describePresence(() => deployment, extent);
  describeTyping(() => deployment, extent);
}
