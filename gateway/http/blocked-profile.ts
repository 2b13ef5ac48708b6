import type { Profile } from '../../protocol/http-resources.ts';
import type { ReadModels } from '../../read-models/read-models.ts';
import { HttpRefusal } from './http-refusal.ts';

const PAGE_LIMIT = 100;

/** Someone whom the caller blocks. Who blocks the caller too is shown nowhere but in the caller's own list. */
export async function blockedProfile(
  readModels: ReadModels,
  caller: string,
  blocked: string,
): Promise<Profile> {
  const user = (await readModels.user(caller, blocked)) ?? (await findInList(readModels, caller, blocked));
  if (!user) throw new HttpRefusal('not_visible_yet');
  return { username: user.username, nickname: user.nickname, avatar: user.avatar };
}

async function findInList(readModels: ReadModels, caller: string, blocked: string): Promise<Profile | null> {
  let before: string | undefined;
  do {
    const page = await readModels.blockedUsers(caller, { limit: PAGE_LIMIT, offset: 0, before });
    const found = page.items.find(({ username }) => username.toLowerCase() === blocked.toLowerCase());
    if (found) return found;
    before = page.next ?? undefined;
  } while (before !== undefined);
  return null;
}
