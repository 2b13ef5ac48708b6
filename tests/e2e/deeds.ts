import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type Answer, openChat, type User } from '../support/api-client.ts';
import type { Tab } from '../support/tab.ts';

export interface Deed {
  readonly kind:
    | 'say'
    | 'like'
    | 'read'
    | 'befriend'
    | 'block'
    | 'announce'
    | 'invite'
    | 'answer an invitation'
    | 'leave a duel'
    | 'read a notification'
    | 'mark all'
    | 'rename';
  readonly whom: number;
  readonly which: number;
}

interface SentMessage {
  readonly id: string;
  readonly chat_id: string;
  readonly recipient: number;
}

/** What a few people do to each other, each by a tab and by HTTP. What is so already is taken back, and what cannot be is refused. */
export class Deeds {
  readonly #users: readonly User[];
  readonly #tabs: readonly Tab[];
  readonly #sent: SentMessage[] = [];

  /** A tab of each. */
  constructor(users: readonly User[], tabs: readonly Tab[]) {
    this.#users = users;
    this.#tabs = tabs;
  }

  async doAll(who: number, deeds: readonly Deed[]): Promise<void> {
    for (const deed of deeds) await this.#do(who, deed);
  }

  async #do(who: number, { kind, whom, which }: Deed): Promise<void> {
    const [user, tab] = [this.#user(who), this.#tab(who)];
    const recipient = (who + 1 + (whom % (this.#users.length - 1))) % this.#users.length;
    const other = this.#user(recipient);
    const own = `/users/${user.username}`;
    switch (kind) {
      case 'say':
        return this.#say(who, recipient, which);
      case 'like':
      case 'read':
        return this.#react(kind, which);
      case 'befriend':
        return toggle(user, `${own}/friends`, other);
      case 'block':
        return toggle(user, `${own}/blocked_users`, other);
      case 'announce':
        return announceOrClose(user, which);
      case 'read a notification': {
        const notified = ['new_friend', 'new_tournament', 'game_invite'].flatMap((action) => tab.of(action));
        const id = notified.at(which % Math.max(notified.length, 1))?.data.id;
        if (id !== undefined) await tab.ask('read_notification', { id });
        return;
      }
      case 'invite':
        await tab.ask('game_invite', { username: other.username, client_id: `tab ${who}` });
        return;
      case 'answer an invitation': {
        const username = tab.of('game_invite').at(-1 - (which % 2))?.data.username;
        if (username !== undefined) await tab.ask('reply_game_invite', { username, accept: which % 3 > 0 });
        return;
      }
      case 'leave a duel': {
        const game = tab.of('game_accepted').at(-1)?.data.game_id;
        if (game !== undefined) done(await user.post(`/games/${game}/finish`));
        else await tab.ask('cancel_game_invite', { username: other.username });
        return;
      }
      case 'mark all':
        done(await user.post('/notifications/mark_all_as_read'));
        return;
      case 'rename':
        done(await user.request('PATCH', '/self', { nickname: `nick${which}` }));
        return;
      default:
        return kind satisfies never;
    }
  }

  async #say(who: number, recipient: number, which: number): Promise<void> {
    const [user, other] = [this.#user(who), this.#user(recipient)];
    const opened = await user.put(`/chats/${other.username}`);
    if (opened.status === 404) return;
    const chat_id = await openChat(user, other);
    const [id, content] = [randomUUID(), `message ${which}`];
    const { action } = await this.#tab(who).ask('new_message', { chat_id, id, content, timestamp: 't' });
    if (action === 'ack') this.#sent.push({ id, chat_id, recipient });
  }

  async #react(kind: 'like' | 'read', which: number): Promise<void> {
    const message = this.#sent.at(which % Math.max(this.#sent.length, 1));
    if (!message) return;
    const { id, chat_id, recipient } = message;
    const action = kind === 'read' ? 'read_message' : which % 3 ? 'like_message' : 'unlike_message';
    await this.#tab(recipient).ask(action, { chat_id, id });
  }

  #user(who: number): User {
    const user = this.#users[who];
    if (!user) throw new Error('nobody');
    return user;
  }

  #tab(who: number): Tab {
    const tab = this.#tabs[who];
    if (!tab) throw new Error('nobody');
    return tab;
  }
}

/** Nothing that is done here fails, but for a reason that says so. */
function done(answer: Answer): Answer {
  expect([200, 201, 204, 403, 404, 422, 429, 503]).toContain(answer.status);
  return answer;
}

/** What is on a list already is removed from it; whoever cannot be a friend for a block is unblocked. */
async function toggle(user: User, list: string, { username }: User): Promise<void> {
  const { body } = done(await user.post(list, { username }));
  const code = typeof body === 'object' && body && 'code' in body ? body.code : undefined;
  if (code === 'already_friend' || code === 'already_blocked') done(await user.delete(`${list}/${username}`));
  if (code === 'blocked') done(await user.delete(`/users/${user.username}/blocked_users/${username}`));
}

async function announceOrClose(user: User, which: number): Promise<void> {
  const wish = { name: `cup ${which}`, required_participants: 4, alias: `alias ${which}` };
  const { status } = done(await user.post('/tournaments', wish));
  if (status !== 403) return;
  const { body } = await user.get('/self');
  const open = typeof body === 'object' && body && 'tournament_id' in body ? body.tournament_id : null;
  if (open !== null) done(await user.delete(`/tournaments/${open}`));
}
