import { parseCursor } from '../../protocol/cursor.ts';
import {
  chatPreview,
  messageResource,
  notification,
  page,
  presenceProfile,
  self,
  tournament,
  userDetails,
} from '../../protocol/http-resources.ts';
import type { User } from '../support/api-client.ts';
import { eventually } from '../support/patience.ts';
import type { UserPages } from '../support/user-pages.ts';

/** The pages of somebody in a Rally that others use, too: of the crowd, whose names begin alike. They hold what the user's tabs have seen. */
export function httpPages(user: User, crowd: string): UserPages {
  const whole = async <Answer>(path: string, shape: { parse(body: unknown): Answer }) => {
    const { body, upTo } = await ask(user, path);
    if (!upTo) throw new Error(`${path} does not say of which place it is`);
    return { answer: shape.parse(body), upTo };
  };
  const people = page(presenceProfile);
  return {
    self: () => whole('/self', self),
    users: () => whole(`/users?limit=100&search=${crowd}`, people),
    async user(username) {
      // That nobody is there does not say when it was so: at that place or later, and frames tell the rest.
      const { upTo: earlier } = await whole('/self', self);
      const { status, body, upTo = earlier } = await ask(user, `/users/${username}`);
      return { answer: status === 404 ? null : userDetails.parse(body), upTo };
    },
    friends: () => whole(`/users/${user.username}/friends?limit=100`, people),
    blockedUsers: () => whole(`/users/${user.username}/blocked_users?limit=100`, people),
    chats: () => whole('/chats?limit=100', page(chatPreview)),
    messages: (username) => whole(`/chats/${username}/messages?limit=100`, page(messageResource)),
    notifications: (filter) => whole(`/notifications?limit=100&is_read=${filter}`, page(notification)),
    async tournaments() {
      const { answer, upTo } = await whole('/tournaments?limit=100', page(tournament));
      const items = answer.items.filter(({ creator }) => creator.username.startsWith(crowd));
      return { answer: { ...answer, items }, upTo };
    },
  };
}

async function ask(user: User, path: string) {
  return eventually(async () => {
    const { status, body, headers } = await user.get(path);
    if (status !== 200 && status !== 404) throw new Error(`${path} answered ${status}`);
    const upTo = parseCursor(headers.get('x-rally-position') ?? '') ?? undefined;
    return { status, body, upTo };
  });
}
