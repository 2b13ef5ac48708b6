import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { openChat, signUp, type User } from '../support/api-client.ts';
import { openTab, type Tab } from '../support/tab.ts';
import type { Person, Stage } from './stage.ts';

/** Fewer than what a gateway takes from one tab before it has answered. */
const AT_ONCE = 100;

/** Somebody without a browser, who chats with somebody who has one. */
export class Correspondent {
  readonly user: User;
  readonly tab: Tab;
  readonly chatId: string;

  private constructor(user: User, tab: Tab, chatId: string) {
    this.user = user;
    this.tab = tab;
    this.chatId = chatId;
  }

  static async of(stage: Stage, person: Person, prefix = 'Bob'): Promise<Correspondent> {
    const user = await signUp(person.address, prefix);
    const tab = await openTab(user);
    stage.onClear(() => tab.close());
    return new Correspondent(user, tab, await openChat(user, person));
  }

  get username(): string {
    return this.user.username;
  }

  /** Answers the message's id, when it is stored. */
  async say(content: string): Promise<string> {
    const id = randomUUID();
    await this.#ask('new_message', { chat_id: this.chatId, content, timestamp: 'now', id });
    return id;
  }

  /** One after the other, without waiting for each. */
  async sayAll(contents: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (let from = 0; from < contents.length; from += AT_ONCE) {
      const some = contents.slice(from, from + AT_ONCE);
      ids.push(...(await Promise.all(some.map((content) => this.say(content)))));
    }
    return ids;
  }

  /** What was written to them, when it is here. */
  async hears(content: string): Promise<string> {
    const { data } = await this.tab.frame(
      ({ action, data }) => action === 'new_message' && data.content === content,
    );
    return String(data.id);
  }

  likes = (id: string) => this.#ask('like_message', { chat_id: this.chatId, id });

  reads = (id: string) => this.#ask('read_message', { id });

  /** Says that something is being written. */
  types(): void {
    this.tab.send({ action: 'typing', data: { chat_id: this.chatId } });
  }

  async blocks({ username }: { readonly username: string }): Promise<void> {
    const { status } = await this.user.post(`/users/${this.username}/blocked_users`, { username });
    expect(status).toBe(201);
  }

  async unblocks({ username }: { readonly username: string }): Promise<void> {
    const { status } = await this.user.delete(`/users/${this.username}/blocked_users/${username}`);
    expect(status).toBe(204);
  }

  async #ask(action: string, data: Record<string, unknown>): Promise<void> {
    const answer = await this.tab.ask(action, data);
    if (answer.action !== 'ack') throw new Error(`${action} was answered by ${JSON.stringify(answer)}`);
  }
}
