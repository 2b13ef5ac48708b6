import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployment } from '../support/deployment.ts';
import { type DistributedDeployment, startDistributed } from '../support/distributed-deployment.ts';
import { startDistributedOnDouble } from '../support/distributed-on-double.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { describeLines, expectInOrder, positionsOf } from './line-suite.ts';
import { message, twoPeople } from './message-suite.ts';

const SETTINGS = { FRAME_LIMIT_PER_S: '100000' };

describe('embedded', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startEmbedded(SETTINGS);
  });
  afterAll(() => deployment?.stop());
  describeLines(() => deployment, 'one of each');
});

describeWithNats('in three processes over NATS, the log in PostgreSQL', () => {
  let deployment: DistributedDeployment;
  beforeAll(async () => {
    // What the killed command service was at is known to be lost only when this is over.
    deployment = await startDistributed({ ...SETTINGS, COMMAND_TIMEOUT_MS: '10000' });
  });
  afterAll(() => deployment?.stop());
  describeLines(() => deployment, 'everything');

  it('what is acked at the first try is in order, although a command service is killed amid', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => twoPeople(deployment)));
    const said = people.map(({ chatId, annTab }) =>
      Array.from({ length: 200 }, (_, index) => annTab.ask('new_message', message(chatId, `${index}`))),
    );
    await Promise.race(said.map((answers) => answers[20]));
    await deployment.commands[0].kill();
    for (const answers of said) {
      const told = await Promise.all(answers);
      expectInOrder(positionsOf(told));
      const codes = told.filter(({ action }) => action === 'error').map(({ data }) => data.code);
      expect(codes).toEqual(codes.map(() => 'unavailable'));
    }
    await deployment.commands[0].start();
  });
});

describeWithNats('in three processes over NATS, the log in a double of EventStoreDB', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDistributedOnDouble(SETTINGS);
  });
  afterAll(() => deployment?.stop());
  describeLines(() => deployment, 'one of each');
});
