import { afterAll, beforeAll, describe } from 'vitest';
import type { Deployment } from '../support/deployment.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { describeChat } from './chat-suite.ts';

describe('chat, embedded', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startEmbedded();
  });
  afterAll(() => deployment?.stop());
  describeChat(() => deployment);
});
