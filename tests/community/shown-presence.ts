import type { PresenceProfile } from '../../protocol/http-resources.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import { WHOLE } from './member-tab.ts';

type Shown = Pick<PresenceProfile, 'username' | 'is_online'>;

/** Everybody whom somebody's pages show with whether they are online, by the page. */
export async function shownPresence(
  models: ReadModels,
  me: string,
): Promise<Record<string, readonly Shown[]>> {
  const { items: users } = (await models.searchUsers(me, '', WHOLE)).answer;
  const { items: chats } = (await models.chats(me, WHOLE)).answer;
  const [profiles, openedChats]: [Shown[], Shown[]] = [[], []];
  for (const { username } of users) {
    const { answer } = await models.user(me, username);
    if (answer) profiles.push(answer);
  }
  for (const { username } of chats) {
    const { answer } = await models.openedChat(me, username);
    if (answer) openedChats.push(answer);
  }
  const { answer: self } = await models.self(me);
  return {
    self: self ? [self] : [],
    users,
    profiles,
    friends: (await models.friends(me, WHOLE)).answer.items,
    blockedUsers: (await models.blockedUsers(me, WHOLE)).answer.items,
    chats,
    openedChats,
  };
}
