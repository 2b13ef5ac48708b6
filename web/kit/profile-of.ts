import type { Profile } from '../../client/index.ts';
import { useLoaded } from './loaded.ts';
import { useRally } from './surroundings.ts';

/** Somebody of whom the username alone is known; the rest follows when it is loaded. The component has it as its `key`. */
export function useProfileOf(username: string): Profile {
  const { api } = useRally();
  const { value } = useLoaded(() => api.user(username));
  return value ?? { username, nickname: username, avatar: '' };
}
