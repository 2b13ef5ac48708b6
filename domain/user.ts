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
export type User = { readonly username: string; readonly nickname: string; readonly avatar: string } | null;

/**
 * A name belongs to the one who registered it first, so the stream's first event alone tells whose it is, and its last one alone
 * tells the whole profile. Ignores what it does not know.
 */
function evolve(user: User, event: UserEvent): User {
  switch (event.type) {
    case 'UserRegistered':
      return user ?? profileOf(event.data);
    case 'ProfileUpdated':
      return profileOf(event.data);
    default:
      event satisfies never;
      return user;
  }
}

const profileOf = ({ username, nickname, avatar }: UserEvent['data']): NonNullable<User> => ({
  username,
  nickname,
  avatar,
});

export type UserCommand = RegisterUser | UpdateProfile;

/** The actor takes the name. */
export interface RegisterUser extends Issued {
  readonly type: 'register_user';
}

/** What is left out stays as it is: who changes the one does not undo what another tab does to the other. */
export interface UpdateProfile extends Issued {
  readonly type: 'update_profile';
  readonly nickname?: string | undefined;
  readonly avatar?: string | undefined;
}

export type UserRefusal = 'username_taken' | 'user_not_found';

type UserDecision = Decision<UserEvent, UserRefusal>;

function decide(command: UserCommand, user: User): UserDecision {
  switch (command.type) {
    case 'register_user':
      return register(command, user);
    case 'update_profile':
      return updateProfile(command, user);
    default:
      return command satisfies never;
  }
}

function register({ actor: username, date }: RegisterUser, user: User): UserDecision {
  if (user) return refused('username_taken');
  return accepted({ type: 'UserRegistered', data: { username, nickname: username, avatar: '', date } });
}

function updateProfile(command: UpdateProfile, user: User): UserDecision {
  if (!user) return refused('user_not_found');
  const { nickname = user.nickname, avatar = user.avatar, date } = command;
  if (nickname === user.nickname && avatar === user.avatar) return accepted();
  return accepted({ type: 'ProfileUpdated', data: { username: user.username, nickname, avatar, date } });
}

export const userDecider: Decider<User, UserCommand, UserEvent, UserRefusal> = {
  initial: null,
  evolve,
  decide,
};
