import type { UserEvent } from './events.ts';

/** null: nobody has this name. */
export type User = { readonly username: string } | null;

export const initialUser: User = null;

/** A name belongs to the one who registered it first, so the stream's first event alone tells whose it is. Ignores what it does not know. */
export function evolveUser(user: User, event: UserEvent): User {
  switch (event.type) {
    case 'UserRegistered':
      return user ?? { username: event.data.username };
    default:
      event.type satisfies never;
      return user;
  }
}
