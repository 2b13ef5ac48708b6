import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metadata } from '../event-store/events.ts';
import { type DoubleProcess, startDoubleProcess } from '../eventstoredb-double/double-process.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { natsServerIsThere, WITHOUT_NATS_SERVER } from '../support/nats-server.ts';
import { message, pushOf, twoPeople } from './message-suite.ts';

/** What somebody else's program writes into streams whose names begin like ours. */
const FOREIGN = [
  jsonEvent({ type: 'user-created', data: { id: 7, roles: ['admin'] } }),
  jsonEvent({ type: 'UserRegistered', data: { name: 'not ours' } }),
  jsonEvent({ type: 'UserRegistered', data: {}, metadata: { ...metadata() } }),
  jsonEvent({ type: 'MessageSent', data: { chatId: 'no uuid' }, metadata: { ...metadata() } }),
  jsonEvent({ type: 'something-else', data: [1, 2, 3], metadata: { commandId: 'x' } }),
  binaryEvent({ type: 'picture', data: Buffer.from([0xff, 0x00, 0xfe]) }),
  binaryEvent({ type: 'MessageSent', data: Buffer.from('{"not": "json'), metadata: Buffer.from('{]') }),
];

async function writeForeignEvents(url: string): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  for (const category of ['user', 'message', 'relationship', 'reading', 'order'])
    for (const event of FOREIGN)
      await client.appendToStream(`${category}-${randomUUID()}`, { ...event, id: randomUUID() });
  await client.dispose();
}

describe.runIf(natsServerIsThere)('an EventStoreDB that others use too', () => {
  let home: string;
  let double: DoubleProcess;
  let deployment: DistributedDeployment;
  const start = async () => {
    deployment = await startDistributed({ EVENT_STORE: 'eventstoredb', EVENTSTORE_URL: double.url });
  };
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rally-shared-'));
    double = await startDoubleProcess({ logFile: join(home, 'log') });
    await writeForeignEvents(double.url);
  });
  afterAll(async () => {
    await deployment?.stop();
    await double?.kill();
    await rm(home, { recursive: true, force: true });
  });

  async function expectChat(): Promise<void> {
    const { chatId, annTab, tabs } = await twoPeople(deployment);
    const sent = message(chatId, 'hello');
    expect(await annTab.ask('new_message', sent)).toMatchObject({ action: 'ack' });
    await Promise.all(tabs.map((tab) => pushOf(tab, 'new_message', sent.id)));
    expect(await deployment.projection.readiness()).toBe(200);
    for (const tab of tabs) expect(tab.of('new_message')).toHaveLength(1);
  }

  it('is no trouble, before and while the others write', async () => {
    await start();
    await expectChat();
    await writeForeignEvents(double.url);
    await expectChat();
  });

  it('that already holds a Rally is read into a new database first, and then goes on', async () => {
    await deployment.stop();
    await start();
    await expectChat();
  });
});

if (!natsServerIsThere)
  describe.skip(`an EventStoreDB that others use too: ${WITHOUT_NATS_SERVER}`, () => {
    it('is no trouble', () => {});
  });
