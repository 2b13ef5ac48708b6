import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { type ManagedProcess, startManaged } from '../support/managed-process.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { eventually } from '../support/patience.ts';

describeWithNats('housekeeping that does not go on', () => {
  let deployment: DistributedDeployment;
  let second: ManagedProcess;

  beforeAll(async () => {
    deployment = await startDistributed();
    const { databaseUrl, nats } = deployment;
    second = await startManaged('housekeeping/main.js', { DATABASE_URL: databaseUrl, NATS_URL: nats.url });
  });
  afterAll(async () => {
    await second?.stop();
    await deployment?.stop();
  });

  const isElected = async (one: ManagedProcess) => (await one.metric('rally_housekeeping_elected')) === 1;

  /** Both are ready, and one works: if the machine stalls, it need not be the same one for long. */
  const oneIsElected = () =>
    eventually(async () => {
      const both = [deployment.housekeeping, second];
      expect((await Promise.all(both.map(isElected))).toSorted()).toEqual([false, true]);
      expect(await Promise.all(both.map((one) => one.readiness()))).toEqual([200, 200]);
    });

  const electedFirst = async (): Promise<[elected: ManagedProcess, waiting: ManagedProcess]> =>
    (await isElected(second)) ? [second, deployment.housekeeping] : [deployment.housekeeping, second];

  it.each([
    ['is killed', (elected: ManagedProcess) => elected.kill()],
    ['is asked to end', (elected: ManagedProcess) => elected.stop()],
  ])('is replaced when it %s, and waits when it is started again', async (_, end) => {
    const [elected, waiting] = await electedFirst();
    await end(elected);
    await eventually(async () => expect(await isElected(waiting)).toBe(true));
    await elected.start();
    await oneIsElected();
  });

  it('is replaced when it is frozen, and waits when it wakes up', async () => {
    const [elected, waiting] = await electedFirst();
    elected.freeze();
    try {
      await eventually(async () => expect(await isElected(waiting)).toBe(true));
    } finally {
      elected.thaw();
    }
    await oneIsElected();
  });
});
