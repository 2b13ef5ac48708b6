import type { EventFrame } from '../../protocol/server-frames.ts';
import { userKey } from '../user-key.ts';

/** Key of the one user of whom the frame says more than the name, which it does beside a nickname; null: of nobody. */
export function personIn({ data }: EventFrame): string | null {
  const told: { readonly username?: string | null; readonly nickname?: string | null } =
    'nickname' in data ? data : {};
  return told.username && told.nickname != null ? userKey(told.username) : null;
}
