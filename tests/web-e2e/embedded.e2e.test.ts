import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { describeWithChromium } from '../support/chromium.ts';
import { startEmbedded } from '../support/embedded-deployment.ts';
import { chatSuite } from './chat-suite.ts';
import { duelSuite } from './duel-suite.ts';
import { notificationSuite } from './notification-suite.ts';
import { profileSuite } from './profile-suite.ts';
import { sessionSuite } from './session-suite.ts';
import { Stage } from './stage.ts';
import { tournamentSuite } from './tournament-suite.ts';

describeWithChromium('the web client of a Rally in one process', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(() => startEmbedded());
  });
  afterEach(async () => {
    await stage.clear();
    stage.assertNoProblems();
  });
  afterAll(() => stage.close());

  describe('sessions and settings', () => sessionSuite(() => stage));
  describe('chat', () => chatSuite(() => stage));
  describe('duels', () => duelSuite(() => stage));
  describe('notifications', () => notificationSuite(() => stage));
  describe('profiles', () => profileSuite(() => stage));
  describe('tournaments', () => tournamentSuite(() => stage));
});
