import { afterAll, beforeAll, describe } from 'vitest';
import {
  type LoggedDeployment,
  type StartLogged,
  startLoggedDistributed,
  startLoggedEmbedded,
  startLoggedOnDouble,
} from '../support/logged-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { describePresence, PRESENCE_SETTINGS } from './presence-suite.ts';
import { describeTyping } from './typing-suite.ts';

describe('who is there, in one process', () => {
  describeWhoIsThere(startLoggedEmbedded);
});

describeWithNats('who is there, at two gateways, the log in PostgreSQL', () => {
  describeWhoIsThere(startLoggedDistributed);
});

describeWithNats('who is there, at two gateways, the log in a double of EventStoreDB', () => {
  describeWhoIsThere(startLoggedOnDouble);
});

function describeWhoIsThere(start: StartLogged): void {
  let deployment: LoggedDeployment;
  beforeAll(async () => {
    deployment = await start(PRESENCE_SETTINGS);
  });
  afterAll(() => deployment?.stop());
  describePresence(() => deployment);
  describeTyping(() => deployment);
}
