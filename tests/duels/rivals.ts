import { randomUUID } from 'node:crypto';
import { signUp, type User } from '../support/api-client.ts';
import { type Frame, openTab, type Tab } from '../support/tab.ts';

/** Somebody with two tabs, each at another gateway where there are several. */
export interface Person {
  readonly user: User;
  readonly tabs: readonly [Tab, Tab];
  /** How many invitations, and answers to one, were refused. */
  refusals: number;
}

/** Who duel among each other, and with nobody else. */
export interface Rivals {
  readonly host: Person;
  readonly guest: Person;
  /** Invites the guest as well, at times. */
  readonly other: Person;
}

async function person(addresses: readonly [string, ...string[]]): Promise<Person> {
  const [first, second = first] = addresses;
  const user = await signUp(first, 'rival');
  return { user, tabs: [await openTab(user), await openTab(user, { address: second })], refusals: 0 };
}

export async function rivals(addresses: readonly [string, ...string[]]): Promise<Rivals> {
  const [host, guest, other] = await Promise.all([person(addresses), person(addresses), person(addresses)]);
  return { host, guest, other };
}

/** What somebody was answered: `ack`, or the reason why not. */
export interface Answer {
  readonly code: string;
  /** Of the invitation, or of the game. */
  readonly id: string | undefined;
}

const answerOf = ({ action, data }: Frame): Answer => ({
  code: action === 'ack' ? action : String(data.code),
  id: typeof data.id === 'string' ? data.id : undefined,
});

/** Refusals of these are told to all tabs of the asker. */
async function askAloud(who: Person, tab: 0 | 1, action: string, data: Record<string, unknown>) {
  const answer = answerOf(await who.tabs[tab].ask(action, { ...data, client_id: randomUUID() }));
  if (answer.code !== 'ack') who.refusals += 1;
  return answer;
}

export const invite = (who: Person, { user }: Person): Promise<Answer> =>
  askAloud(who, 0, 'game_invite', { username: user.username });

export const accept = (who: Person, { user }: Person, tab: 0 | 1 = 0): Promise<Answer> =>
  askAloud(who, tab, 'reply_game_invite', { username: user.username, accept: true });

export const cancel = async ({ tabs: [, tab] }: Person, { user }: Person): Promise<Answer> =>
  answerOf(await tab.ask('cancel_game_invite', { username: user.username }));
