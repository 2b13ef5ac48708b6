import { afterEach, beforeEach, expect, it } from 'vitest';
import { isRunning } from '../standalone/postmaster.ts';
import { openChat, signUp } from '../support/api-client.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { type HeldReadModels, holdReadModels } from '../support/held-read-models.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { eventually } from '../support/patience.ts';
import { printed, type RallyProcess, spawnRally } from '../support/rally-process.ts';
import { openTab } from '../support/tab.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { childProcesses } from './child-processes.ts';

const WAITING =
  /^Waiting for projection-service-\d \(projection-service: filling the read models, at position -1\)$/;

describeWithNats('the local cluster, its read models being filled', () => {
  let database: TestDatabase;
  let held: HeldReadModels;
  let rally: RallyProcess | undefined;
  beforeEach(async () => {
    database = await createTestDatabase();
    held = await holdReadModels(database.url);
  });
  afterEach(async () => {
    await held.release();
    await rally?.stop();
    await database.drop();
  });

  const spawnCluster = (): RallyProcess => {
    const settings = { PORT: '0', OPS_PORT: '0', LOG_LEVEL: 'warn', JWT_SECRET: 's'.repeat(32) };
    rally = spawnRally('local-cluster/main.js', { ...settings, DATABASE_URL: database.url });
    return rally;
  };

  it('says what it waits for, goes on when that is over, and can be stopped before', async () => {
    const stopped = spawnCluster();
    await printed(stopped, WAITING);
    const processes = await childProcesses(stopped.child.pid ?? 0);
    // Both projection services; nats-server and its guard.
    expect(processes.size).toBe(4);
    expect(await stopped.stop()).toBe(0);
    // The guard has been told to end when nats-server had.
    for (const pid of processes.keys())
      await eventually(async () => expect(await isRunning(pid)).toBe(false));

    const patient = spawnCluster();
    await printed(patient, WAITING);
    await held.release();
    await printed(patient, /^Rally is ready/);
    expect(await patient.stop()).toBe(0);
  });
});

describeWithNats('services whose read models are being filled', () => {
  let deployment: DistributedDeployment;
  let held: HeldReadModels | undefined;
  beforeEach(async () => {
    deployment = await startDistributed({ CATCH_UP_TIMEOUT_MS: '1000' });
  });
  afterEach(async () => {
    await held?.release();
    await deployment.stop();
  });

  it('are not ready, show no half lists and welcome no tab; afterwards all is there', async () => {
    const { addresses, projection, databaseUrl, expectReadiness } = deployment;
    const [ann, bob] = [await signUp(addresses[0], 'Ann'), await signUp(addresses[1], 'Bob')];
    const tab = await openTab(ann);
    const data = { chat_id: await openChat(ann, bob), content: 'long ago', timestamp: 't' };
    expect(await tab.ask('new_message', data)).toMatchObject({ action: 'ack' });
    await projection.stop();
    held = await holdReadModels(databaseUrl);
    const started = projection.start();
    await expectReadiness([503, 200, 200, 503, 503, 503]);
    const path = `/chats/${ann.username}/messages`;
    expect(await bob.get(path)).toMatchObject({ status: 503 });
    await expect(openTab(bob)).rejects.toThrow();
    await held.release();
    await started;
    await expectReadiness(Array(6).fill(200));
    expect(await bob.get(path)).toMatchObject({ body: { count: 1, items: [{ content: 'long ago' }] } });
    await (await openTab(bob)).close();
  });
});
