import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { describeWithChromium } from '../support/chromium.ts';
import { startDistributed } from '../support/distributed-deployment.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { sessionSuite } from './session-suite.ts';
import { Stage } from './stage.ts';

describeWithChromium('the web client of a Rally of many processes', () => {
  describeWithNats('over NATS', () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await Stage.open(() => startDistributed());
    });
    afterEach(async () => {
      await stage.clear();
      stage.assertNoProblems();
    });
    afterAll(() => stage.close());

    describe('sessions and settings', () => sessionSuite(() => stage));
  });
});
