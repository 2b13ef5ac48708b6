import { accepted, type Decider, type Decision, type Issued, refused } from './decider.ts';

/** Stream `user-<username>`. `date` is ISO 8601 UTC with milliseconds, here and in every event. */
export type UserEvent = UserRegistered | ProfileUpdated;

export interface UserRegistered {
  readonly type: 'UserRegistered';
  readonly data: {
    /** In the case it was registered with. */
    readonly username: string;
    readonly nickname: string;
    /** URL of a picture; empty: the client shows its own default. */
    readonly avatar: string;
    readonly date: string;
  };
}

/** The whole profile as it is from now on. */
export interface ProfileUpdated {
  readonly type: 'ProfileUpdated';
  readonly data: UserRegistered['data'];
}

/** null: nobody has this name. */
export type User = { readonly username: string } | null;

/** A name belongs to the one who registered it first, so the stream's first event alone tells whose it is. Ignores what it does not know. */
function evolve(user: User, event: UserEvent): User {
  switch (event.type) {
    case 'UserRegistered':
      return user ?? { username: event.data.username };
    case 'ProfileUpdated':
      return user;
    default:
      event satisfies never;
      return user;
  }
}

export type UserCommand = RegisterUser;

/** The actor takes the name. */
export interface RegisterUser extends Issued {
  readonly type: 'register_user';
}

export type UserRefusal = 'username_taken';

function decide(command: UserCommand, user: User): Decision<UserEvent, UserRefusal> {
  if (user) return refused('username_taken');
  const { actor: username, date } = command;
  return accepted({ type: 'UserRegistered', data: { username, nickname: username, avatar: '', date } });
}

export const userDecider: Decider<User, UserCommand, UserEvent, UserRefusal> = {
  initial: null,
  evolve,
  decide,
};
