import type { Rally } from '../../client/rally.ts';
import type { Tab, Told, World } from './world.ts';

/** How long a step waits for what has to come: runs in a page as well, where nothing of the tests' own is. */
const PATIENCE_MS = 60_000;

/** Looks again and again until it holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`has not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function expectSame(what: string, is: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(is), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: ${left}, and not ${right}`);
}

const PASSWORD = 'correct horse 7';

/** One tab of somebody who is signed in, and talks with the other one. */
export class Person {
  readonly username: string;
  readonly peer: string;
  readonly tab: Tab;
  /** Ids of pushed messages, as handlers were told of them. */
  readonly received: string[] = [];
  /** `recovered` of each welcome. */
  readonly welcomes: boolean[] = [];
  readonly #world: World;
  readonly #ends: readonly (() => void)[];

  constructor(world: World, tab: Tab, username: string, peer: string) {
    const { live, stores } = tab.rally;
    this.#world = world;
    this.tab = tab;
    this.username = username;
    this.peer = peer;
    this.#ends = [
      live.on('new_message', ({ data }) => void this.received.push(data.id)),
      live.onWelcome(({ recovered }) => void this.welcomes.push(recovered)),
      stores.chat(peer).subscribe(() => {}),
    ];
  }

  get rally(): Rally {
    return this.tab.rally;
  }

  get phase(): string {
    return this.rally.live.connection.get().phase;
  }

  async ready(): Promise<void> {
    await until('the connection is ready', () => this.phase === 'ready');
    await until('the chat is loaded', () => this.chat.status === 'loaded');
  }

  get chat() {
    return this.rally.stores.chat(this.peer).get();
  }

  send(content: string) {
    return this.rally.stores.chat(this.peer).send(content);
  }

  /** The other one says this. */
  async hear(...contents: string[]): Promise<Told> {
    return this.#world.outside({ do: 'say', to: this.username, contents });
  }

  /** The page shows what the server has, and these contents are what it is; nothing was told twice. */
  async expectShown(...contents: string[]): Promise<void> {
    const wanted = JSON.stringify(contents);
    let ids = '';
    await until(`the server has ${wanted}`, async () => {
      const { messages } = await this.#world.outside({ do: 'list', of: this.username });
      ids = JSON.stringify(messages.map(({ id }) => id));
      return JSON.stringify(messages.map(({ content }) => content)) === wanted;
    });
    const shown = () => JSON.stringify(this.chat.messages.map(({ id }) => id));
    await until(
      'the page shows what the server has',
      () => shown() === ids && this.chat.pending.length === 0,
    );
    expectSame('told once', new Set(this.received).size, this.received.length);
  }

  leave(): void {
    for (const end of this.#ends) end();
    this.tab.close();
  }
}

/** Signs up in a new browser, and is connected. */
export async function arrive(world: World): Promise<Person> {
  const tab = await world.openTab();
  const username = `Ann.${crypto.randomUUID().slice(0, 13)}`;
  const email = `${username}@example.com`;
  const { peer } = await world.outside({ do: 'look' });
  await tab.rally.api.signUp({ username, email, password: PASSWORD, password_repeat: PASSWORD });
  return connected(new Person(world, tab, username, peer));
}

/** The same one in one more tab of the same browser. */
export async function inOtherTab(
  world: World,
  { username, peer }: Person,
  options?: Parameters<World['openTab']>[0],
): Promise<Person> {
  return connected(new Person(world, await world.openTab(options), username, peer));
}

async function connected(person: Person): Promise<Person> {
  person.rally.start();
  await person.ready();
  return person;
}
