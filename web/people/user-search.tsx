import type { PresenceProfile } from '../../client/index.ts';

interface UserSearchProps {
  readonly label: string;
  onSelect(user: PresenceProfile): void;
}

/** Finds people by the beginning of their name or nickname, as one types. */
export function UserSearch(_: UserSearchProps) {
  return null;
}
