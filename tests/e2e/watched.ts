import { expect } from 'vitest';
import { evolvePresence, NEVER_THERE, type Presence, type PresenceEvent } from '../../domain/presence.ts';
import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { ApiClient, freshName, openChat, PASSWORD, signUp, type User } from '../support/api-client.ts';
import type { LoggedDeployment } from '../support/logged-deployment.ts';
import { eventually } from '../support/patience.ts';
import { type Frame, openTab, type Tab } from '../support/tab.ts';
import { readAfter } from './causal-suite.ts';
import { befriend } from './community.ts';

export type Status = 'online' | 'offline';

/** What a tab was told of this user, and since when it is so. */
export const toldOf = (tab: Tab, { username }: User): Frame['data'][] =>
  tab.presence.filter(({ data }) => data.username === username).map(({ data }) => data);

export const statusesOf = (tab: Tab, user: User) => toldOf(tab, user).map(({ status }) => status);

/** Somebody whose presence is looked at: in the log, on every page, and in the tabs of another one who is there all the time. */
export class Watched {
  readonly user: User;
  readonly chatId: string;
  readonly #deployment: LoggedDeployment;
  /** Is never there, and stands before the user in a search that does not look at that. */
  readonly #other: User;
  readonly #observer: User;
  /** At each gateway one that hears of everybody, and at the last one a tab that has named the user. */
  readonly #tabs: readonly [...Tab[], watching: Tab];
  readonly #signIns = new Set<ApiClient>();

  private constructor(
    deployment: LoggedDeployment,
    people: readonly [user: User, other: User, observer: User],
    chatId: string,
    tabs: readonly [...Tab[], Tab],
  ) {
    this.#deployment = deployment;
    [this.user, this.#other, this.#observer] = people;
    this.chatId = chatId;
    this.#tabs = tabs;
  }

  /** Has not been there yet. */
  static async in(deployment: LoggedDeployment): Promise<Watched> {
    const { addresses } = deployment;
    const [here, there = here] = addresses;
    const crowd = freshName('crowd');
    const people = await Promise.all([
      signUp(here, `${crowd}.b`),
      signUp(there, `${crowd}.a`),
      signUp(there, 'Olga'),
    ]);
    const [user, , observer] = people;
    const chatId = await openChat(observer, user);
    await befriend(observer, user);
    const tabs = await Promise.all([...addresses, there].map((address) => openTab(observer, { address })));
    const watching = tabs.pop();
    if (!watching) throw new Error('a deployment without an address');
    await watching.ask('watch_presence', { usernames: [user.username] });
    const watched = new Watched(deployment, people, chatId, [...tabs, watching]);
    await eventually(() => expect(statusesOf(watching, user)).toEqual(['offline']));
    return watched;
  }

  /** At one of the gateways; `signIn` is another one's of the same user. Resolves when the log counts so many in all. */
  async open({
    sessions,
    gateway = 0,
    signIn = this.user,
  }: {
    sessions: number;
    gateway?: number;
    signIn?: ApiClient;
  }) {
    const { addresses } = this.#deployment;
    this.#signIns.add(signIn);
    const tab = await openTab(signIn, { address: addresses[gateway % addresses.length] ?? addresses[0] });
    await this.counts(sessions);
    return tab;
  }

  /** The same user once more. */
  async signInAgain(): Promise<ApiClient> {
    const client = new ApiClient(this.user.address);
    const { status } = await client.post('/login', { username: this.user.username, password: PASSWORD });
    expect(status).toBe(200);
    return client;
  }

  /** Something of each sign-in that has had tabs, so that none of it is silent. */
  stir(): Promise<unknown> {
    return Promise.all([...this.#signIns].map((signIn) => signIn.get('/self')));
  }

  /** Resolves when the log counts so many sessions. */
  counts(sessions: number): Promise<void> {
    return eventually(async () => expect((await this.#presence()).sessions).toHaveLength(sessions));
  }

  /** Log, pages and pushes come to say the same. `asOther`: without asking for the user's own page. */
  async expectEverywhere(status: Status, { asOther = false } = {}): Promise<void> {
    const isOnline = status === 'online';
    await eventually(async () => expect((await this.#presence()).isOnline).toBe(isOnline));
    const position = String((await this.#events()).at(-1)?.position);
    const inSearch = [
      { username: this.#other.username, is_online: false },
      { username: this.user.username, is_online: isOnline },
    ];
    for (const address of this.#deployment.addresses) {
      expect(await this.#pagesAt(address, position)).toEqual({
        search: isOnline ? inSearch.toReversed() : inSearch,
        profile: isOnline,
        chats: [isOnline],
        friends: [isOnline],
      });
      if (!asOther)
        expect(await readAfter(this.user, address, '/self', position)).toMatchObject({
          status: 200,
          body: { is_online: isOnline },
        });
    }
    await eventually(() => {
      for (const tab of this.#tabs) expect(statusesOf(tab, this.user).at(-1)).toBe(status);
    });
  }

  /** What has happened, in short; and tabs were told of each coming and going, and of nothing else. */
  async expectLife(expected: readonly string[]): Promise<void> {
    const events = await this.#events();
    const names = events.flatMap(({ event }) => nameOf(event));
    expect(names.filter((name, index) => name !== names[index - 1])).toEqual(expected);
    const changes = events.flatMap(({ event }) => changeOf(event));
    const [watching, ...others] = this.#tabs.map((tab) => tab).reverse();
    for (const tab of others)
      expect(toldOf(tab, this.user)).toEqual(changes.map((change) => expect.objectContaining(change)));
    expect(watching && toldOf(watching, this.user)).toEqual(
      [{ status: 'offline' }, ...changes].map((change) => expect.objectContaining(change)),
    );
  }

  /** Somebody says something, in the chat with the user. */
  async say(content: string): Promise<void> {
    const [tab] = this.#tabs;
    const data = { chat_id: this.chatId, content, timestamp: 'now' };
    expect(await tab?.ask('new_message', data)).toMatchObject({ action: 'ack' });
  }

  async #presence(): Promise<Presence> {
    const last = (await this.#events()).at(-1);
    return last ? evolvePresence(NEVER_THERE, last.event) : NEVER_THERE;
  }

  #events(): Promise<RecordedEvent<PresenceEvent>[]> {
    const stream = streamOf('presence', this.user.username);
    return this.#deployment.log.readStream(stream, { direction: 'forwards', limit: 100 });
  }

  async #pagesAt(address: string, position: string) {
    const page = async (path: string) => {
      const { status, body } = await readAfter(this.#observer, address, path, position);
      expect({ path, status }).toEqual({ path, status: 200 });
      return body;
    };
    const crowd = this.user.username.replace(/\.b\..*/, '');
    const search = items(await page(`/users?search=${crowd}`));
    const details = (await page(`/users/${this.user.username}`)) as Shown;
    const isOnline = ({ is_online }: Shown) => is_online;
    return {
      search: search.map(({ username, is_online }) => ({ username, is_online })),
      profile: details.is_online,
      chats: items(await page('/chats')).map(isOnline),
      friends: items(await page(`/users/${this.#observer.username}/friends`)).map(isOnline),
    };
  }
}

interface Shown {
  readonly username: string;
  readonly is_online: boolean;
}

const items = (body: unknown): readonly Shown[] => (body as { items: readonly Shown[] }).items;

/** That sessions begin, and that one takes the place of another, is nothing that anybody sees. */
function nameOf({ type, data }: PresenceEvent): string[] {
  switch (type) {
    case 'SessionOpened':
      return [];
    case 'SessionDropped':
      return data.reason === 'replaced' ? [] : [data.reason];
    case 'UserCameOnline':
      return ['online'];
    case 'UserWentOffline':
      return ['offline'];
    default:
      return type satisfies never;
  }
}

function changeOf({ type, data }: PresenceEvent): { status: Status; date: string }[] {
  if (type === 'UserCameOnline') return [{ status: 'online', date: data.since }];
  return type === 'UserWentOffline' ? [{ status: 'offline', date: data.since }] : [];
}
