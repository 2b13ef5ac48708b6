import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshName, signUp, type User } from '../support/api-client.ts';
import { ClientPicture } from '../support/client-picture.ts';
import type { Deployment } from '../support/deployment.ts';
import { openTab, type Tab } from '../support/tab.ts';
import { pictureNow, type UserPages } from '../support/user-pages.ts';
import { type Deed, Deeds } from './deeds.ts';
import { httpPages } from './http-pages.ts';

const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom(
    'say',
    'say',
    'like',
    'read',
    'read',
    'befriend',
    'befriend',
    'block',
    'announce',
    'invite',
    'invite',
    'answer an invitation',
    'answer an invitation',
    'answer an invitation',
    'leave a duel',
    'leave a duel',
    'read a notification',
    'mark all',
    'rename',
  ),
  whom: fc.nat(2),
  which: fc.nat(1000),
});

/** What each of four people does, one thing after the other. */
const script = fc.tuple(...Array.from({ length: 4 }, () => fc.array(deed, { minLength: 16, maxLength: 22 })));

interface Member {
  readonly user: User;
  readonly others: readonly string[];
  readonly pages: UserPages;
}

export function describePictures(deployment: () => Deployment): void {
  describe('tabs of people who do everything at once', () => {
    it('show what their pages say, by frames alone since these were loaded', async () => {
      await fc.assert(
        fc.asyncProperty(script, async (scripts) => {
          const { addresses } = deployment();
          const crowd = freshName('crowd');
          const signUpHere = (index: number) =>
            signUp(addresses[index % addresses.length] ?? addresses[0], `${crowd}.${index}`);
          const marker = await signUp(addresses[0], 'Marker');
          const users = await Promise.all(scripts.map((_, index) => signUpHere(index)));
          const names = users.map(({ username }) => username);
          const members = users.map((user): Member => {
            const others = names.filter((name) => name !== user.username);
            return { user, others, pages: httpPages(user, crowd) };
          });
          const early = await Promise.all(members.map((member) => follow(member, addresses[0])));
          const deeds = new Deeds(
            users,
            early.map(({ tab }) => tab),
          );
          await Promise.all(early.map(({ picture }) => picture.load()));
          const doing = scripts.map((each, index) => deeds.doAll(index, each));
          const late = await Promise.all(members.map((member) => follow(member, addresses.at(-1))));
          await Promise.all(late.map(({ picture }) => picture.load()));
          await Promise.all(doing);
          for (const user of users) await markTheEnd(marker, user);
          for (const { member, tab, picture } of [...early, ...late]) {
            await tab.frame(({ data }) => data.username === marker.username);
            await picture.load();
            expect(picture.isComplete).toBe(true);
            const { user, others, pages } = member;
            const now = await pictureNow(user.username, others, pages);
            expect(picture.picture()).toEqual(picture.knowable(now));
            await tab.close();
          }
        }),
        { numRuns: 2, endOnFailure: true },
      );
    });
  });
}

/** A tab and what it shows, which has not loaded anything yet. */
async function follow(member: Member, address: string | undefined) {
  const { user, others, pages } = member;
  const picture = new ClientPicture(user.username, others, pages);
  const tab: Tab = await openTab(user, address === undefined ? {} : { address });
  const { onFrame } = tab;
  const receive = (frame: Tab['frames'][number]) => frame.cursor !== undefined && picture.receive(frame);
  tab.frames.forEach(receive);
  tab.onFrame = (frame) => {
    onFrame(frame);
    receive(frame);
  };
  return { member, tab, picture };
}

/** Whatever was done before, the user's tabs have been told of it before they are told of this. */
async function markTheEnd(marker: User, { username }: User): Promise<void> {
  const { status } = await marker.post(`/users/${marker.username}/blocked_users`, { username });
  expect(status).toBe(201);
}
