import { describe, expect, it } from 'vitest';
import { signUp } from '../support/api-client.ts';
import type { Deployment } from '../support/deployment.ts';
import { describeCausalReads } from './causal-suite.ts';
import { describeConnections } from './connection-suite.ts';
import { describeDuels } from './duel-suite.ts';
import type { Extent } from './extent.ts';
import { describeHttp } from './http-suite.ts';
import { describeMessages } from './message-suite.ts';
import { describeNotifications } from './notification-suite.ts';
import { describePictures } from './picture-suite.ts';
import { describeProfiles } from './profile-suite.ts';
import { describeReactions } from './reaction-suite.ts';
import { describeReadState } from './read-state-suite.ts';
import { describeRelationships } from './relationship-suite.ts';
import { describeResume } from './resume-suite.ts';
import { describeTournaments } from './tournament-suite.ts';
import { describeUserLists } from './user-list-suite.ts';

/** What chat promises, whatever the deployment is made of. */
export function describeChat(deployment: () => Deployment, extent: Extent): void {
  describe('chats', () => {
    it('are one per pair, however many callers open it from both sides at once', async () => {
      const [here, there = here] = deployment().addresses;
      const [ann, bob] = await Promise.all([signUp(here, 'Ann'), signUp(there, 'Bob')]);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          index % 2 ? ann.put(`/chats/${bob.username}`) : bob.put(`/chats/${ann.username.toLowerCase()}/`),
        ),
      );
      const opened = answers.filter(({ status }) => status === 201);
      const others = answers.filter((answer) => !opened.includes(answer));
      expect(opened).toHaveLength(1);
      expect(others.filter(({ status }) => status !== 200)).toEqual([]);
      const ids = answers.map(({ body }) => (body as { chat_id: string }).chat_id);
      expect(new Set(ids).size).toBe(1);
      for (const user of [ann, bob]) expect((await user.get('/chats')).body).toMatchObject({ count: 1 });
    });
  });
  describeMessages(deployment, extent);
  describeReactions(deployment, extent);
  describeProfiles(deployment, extent);
  describeUserLists(deployment, extent);
  describeRelationships(deployment, extent);
  describeTournaments(deployment, extent);
  describeNotifications(deployment, extent);
  describeDuels(deployment, extent);
  describeReadState(deployment, extent);
  describePictures(deployment);
  describeResume(deployment, extent);
  describeCausalReads(deployment);
  describeConnections(deployment, extent);
  describeHttp(deployment, extent);
}
