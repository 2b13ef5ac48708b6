import { accepted, type Decider, type Decision, type Issued, refused } from './decider.ts';

/** Stream `user-<username>`. `date` is ISO 8601 UTC with milliseconds, here and in every event. */
export type UserEvent = UserRegistered | ProfileUpdated | UserErased | ErasureCompleted;

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

/** The user wants to be forgotten, for good. From then on nothing personal of theirs is shown; the name stays taken. */
export interface UserErased {
  readonly type: 'UserErased';
  readonly data: { readonly username: string; readonly date: string };
}

/** Key and account are gone, and no command of the user's can be under way any more. */
export interface ErasureCompleted {
  readonly type: 'ErasureCompleted';
  readonly data: UserErased['data'];
}

/** null: nobody has this name. */
export type User = {
  readonly username: string;
  readonly nickname: string;
  readonly avatar: string;
  /** How far the erasure of this user is; null: nobody has asked for it. */
  readonly erasure: 'begun' | 'completed' | null;
} | null;

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
    case 'UserErased':
      return erased(event.data, 'begun');
    case 'ErasureCompleted':
      return erased(event.data, 'completed');
    default:
      event satisfies never;
      return user;
  }
}

const profileOf = ({ username, nickname, avatar }: UserRegistered['data']): NonNullable<User> => ({
  username,
  nickname,
  avatar,
  erasure: null,
});

const erased = ({ username }: UserErased['data'], erasure: 'begun' | 'completed'): NonNullable<User> => ({
  username,
  nickname: username,
  avatar: '',
  erasure,
});

export type UserCommand = RegisterUser | UpdateProfile | EraseUser | CompleteErasure;

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

/** By the user, or by an operator. */
export interface EraseUser extends Issued {
  readonly type: 'erase_user';
  readonly username: string;
}

/** Whoever gives it has destroyed the key and the account. */
export interface CompleteErasure extends Issued {
  readonly type: 'complete_erasure';
  readonly username: string;
}

export type UserRefusal = 'username_taken' | 'user_not_found';

type UserDecision = Decision<UserEvent, UserRefusal>;

function decide(command: UserCommand, user: User): UserDecision {
  switch (command.type) {
    case 'register_user':
      return register(command, user);
    case 'update_profile':
      return updateProfile(command, user);
    case 'erase_user':
      return erase(command, user);
    case 'complete_erasure':
      return completeErasure(command, user);
    default:
      return command satisfies never;
  }
}

function register({ actor: username, date }: RegisterUser, user: User): UserDecision {
  if (user) return refused('username_taken');
  return accepted({ type: 'UserRegistered', data: { username, nickname: username, avatar: '', date } });
}

function updateProfile(command: UpdateProfile, user: User): UserDecision {
  if (!user || user.erasure) return refused('user_not_found');
  const { nickname = user.nickname, avatar = user.avatar, date } = command;
  if (nickname === user.nickname && avatar === user.avatar) return accepted();
  return accepted({ type: 'ProfileUpdated', data: { username: user.username, nickname, avatar, date } });
}

/** Asked for again it is accepted: it has happened. */
function erase({ date }: EraseUser, user: User): UserDecision {
  if (!user) return refused('user_not_found');
  if (user.erasure) return accepted();
  return accepted({ type: 'UserErased', data: { username: user.username, date } });
}

function completeErasure({ date }: CompleteErasure, user: User): UserDecision {
  if (!user?.erasure) return refused('user_not_found');
  if (user.erasure === 'completed') return accepted();
  return accepted({ type: 'ErasureCompleted', data: { username: user.username, date } });
}

export const userDecider: Decider<User, UserCommand, UserEvent, UserRefusal> = {
  initial: null,
  evolve,
  decide,
};
