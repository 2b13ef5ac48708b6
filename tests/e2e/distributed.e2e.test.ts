import { afterAll, beforeAll } from 'vitest';
import type { Deployment } from '../support/deployment.ts';
import { startDistributed } from '../support/distributed-deployment.ts';
import { startDistributedOnDouble } from '../support/distributed-on-double.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { describeChat } from './chat-suite.ts';
import { SERVICE_TOKEN } from './players.ts';

describeWithNats('chat in three processes over NATS, the log in PostgreSQL', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDistributed({ SERVICE_TOKEN });
  });
  afterAll(() => deployment?.stop());
  describeChat(() => deployment, 'everything');
});

describeWithNats('chat in three processes over NATS, the log in a double of EventStoreDB', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDistributedOnDouble({ SERVICE_TOKEN });
  });
  afterAll(() => deployment?.stop());
  describeChat(() => deployment, 'one of each');
});
