import type { UserEvent } from './events.ts';

/** null: nobody has this name. */
export type User = { readonly username: string } | null;

export const initialUser: User = null;

export function evolveUser(_user: User, event: UserEvent): User {
  return { username: event.data.username };
}
