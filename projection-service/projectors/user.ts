import type { UserEvent } from '../../domain/user.ts';
import { beginnings, userKey } from '../../read-models/user-key.ts';
import type { Changes } from '../changes.ts';

/** A beginning that username and nickname share is counted once: it finds the user once. */
export function projectUser(changes: Changes, { data }: UserEvent): void {
  const { username, nickname, avatar, date } = data;
  const [key, nicknameKey] = [userKey(username), userKey(nickname)];
  changes.users.push({
    user_key: key,
    username,
    nickname,
    nickname_key: nicknameKey,
    avatar,
    date_joined: date,
  });
  for (const prefix of new Set([...beginnings(key), ...beginnings(nicknameKey)])) {
    changes.prefixes.set(prefix, (changes.prefixes.get(prefix) ?? 0) + 1);
  }
}
