import { afterAll, beforeAll, describe } from 'vitest';
import type { Deployment } from '../support/deployment.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { describeChat } from './chat-suite.ts';
import { SERVICE_TOKEN } from './players.ts';

describe('chat, embedded', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startEmbedded({ SERVICE_TOKEN });
  });
  afterAll(() => deployment?.stop());
  describeChat(() => deployment, 'one of each');
});
