import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type DoubleProcess, startDoubleProcess } from '../eventstoredb-double/double-process.ts';
import type { Deployment } from '../support/deployment.ts';
import { startDistributed } from '../support/distributed-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { describeChat } from './chat-suite.ts';

describeWithNats('chat in three processes over NATS, the log in PostgreSQL', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDistributed();
  }, 60_000);
  afterAll(() => deployment?.stop());
  describeChat(() => deployment);
});

describeWithNats('chat in three processes over NATS, the log in a double of EventStoreDB', () => {
  let home: string;
  let double: DoubleProcess;
  let deployment: Deployment;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-double-'));
    double = await startDoubleProcess({ logFile: join(home, 'log') });
    deployment = await startDistributed({ EVENT_STORE: 'eventstoredb', EVENTSTORE_URL: double.url });
  }, 60_000);
  afterAll(async () => {
    await deployment?.stop();
    await double?.kill();
    await rm(home, { recursive: true, force: true });
  });
  describeChat(() => deployment);
});
