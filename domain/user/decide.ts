import { accepted, type Decider, type Decision, refused } from '../decider.ts';
import type { UserCommand } from './commands.ts';
import type { UserEvent } from './events.ts';
import { evolveUser, initialUser, type User } from './evolve.ts';

export type UserRefusal = 'username_taken';

function decideUser(command: UserCommand, user: User): Decision<UserEvent, UserRefusal> {
  if (user) return refused('username_taken');
  const { username, date } = command;
  return accepted({ type: 'UserRegistered', data: { username, nickname: username, avatar: '', date } });
}

export const userDecider: Decider<User, UserCommand, UserEvent, UserRefusal> = {
  initial: initialUser,
  evolve: evolveUser,
  decide: decideUser,
};
