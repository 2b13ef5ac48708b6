import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { message } from '../e2e/message-suite.ts';
import { openChat, PASSWORD, signUp, type User } from '../support/api-client.ts';
import { openTab, type Tab } from '../support/tab.ts';

export const KINDS = ['ack', 'push', 'page', 'login'] as const;

type Kind = (typeof KINDS)[number];

/** In milliseconds. */
export type Medians = Readonly<Record<Kind, number>>;

const MESSAGE_EVERY_MS = 50;
const PAGE_EVERY_MS = 50;
const LOGIN_EVERY_MS = 600;
/** What is not there by then, or is refused, counts as having taken so long. */
const GIVE_UP_MS = 4000;

interface People {
  readonly ann: User;
  readonly bob: User;
  readonly chatId: string;
}

/** Two who share a chat, each at another gateway where there are several. */
export async function twoBystanders([here, there = here]: readonly [string, ...string[]]): Promise<People> {
  const [ann, bob] = [await signUp(here, 'Ann'), await signUp(there, 'Bob')];
  return { ann, bob, chatId: await openChat(ann, bob) };
}

/**
 * They talk, look at their chats and sign in all the time, on connections that they had before, while somebody else does
 * what they may know nothing of.
 */
export class Bystanders {
  readonly #people: People;
  readonly #annTab: Tab;
  readonly #bobTab: Tab;
  readonly #connections = new Agent({ keepAlive: true });
  readonly #samples: { readonly kind: Kind; readonly startedAt: number; readonly ms: number }[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #over = new AbortController();
  readonly #living: Promise<unknown>;

  private constructor(people: People, annTab: Tab, bobTab: Tab) {
    this.#people = people;
    this.#annTab = annTab;
    this.#bobTab = bobTab;
    this.#living = Promise.all([
      this.#keep(MESSAGE_EVERY_MS, () => this.#say()),
      this.#keep(PAGE_EVERY_MS, () => this.#timed('page', () => this.#lookAtChats())),
      this.#keep(LOGIN_EVERY_MS, () => this.#timed('login', () => this.#logIn())),
    ]);
  }

  static async start(people: People): Promise<Bystanders> {
    return new Bystanders(people, await openTab(people.ann), await openTab(people.bob));
  }

  /** How it is for them for so long from now on. */
  async measure(forMs: number): Promise<Medians> {
    const from = performance.now();
    await delay(forMs);
    await Promise.all(this.#underWay);
    const within = this.#samples.filter(({ startedAt }) => startedAt >= from && startedAt <= from + forMs);
    const of = (kind: Kind) => median(within.filter((sample) => sample.kind === kind).map(({ ms }) => ms));
    return { ack: of('ack'), push: of('push'), page: of('page'), login: of('login') };
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#living;
    for (const { socket } of [this.#annTab, this.#bobTab]) socket.terminate();
    this.#connections.destroy();
  }

  /** The next one when its time has come and the last one is over. */
  async #keep(everyMs: number, act: () => Promise<unknown>): Promise<void> {
    while (!this.#over.signal.aborted) {
      const startedAt = performance.now();
      await act();
      await delay(Math.max(0, everyMs - (performance.now() - startedAt)));
    }
  }

  /** Notes how long it took until it had succeeded. */
  async #timed(kind: Kind, work: () => Promise<boolean>): Promise<void> {
    const startedAt = performance.now();
    const outcome = Promise.race([work(), delay(GIVE_UP_MS, false)])
      .catch(() => false)
      .then((isDone) => {
        const ms = isDone ? performance.now() - startedAt : GIVE_UP_MS;
        this.#samples.push({ kind, startedAt, ms });
      });
    this.#underWay.add(outcome);
    await outcome;
    this.#underWay.delete(outcome);
  }

  async #say(): Promise<void> {
    const sent = message(this.#people.chatId, 'hello');
    const isPushed = this.#bobTab.frame(({ data }) => data.id === sent.id).then(() => true);
    isPushed.catch(() => {});
    await Promise.all([
      this.#timed('push', () => isPushed),
      this.#timed('ack', async () => (await this.#annTab.ask('new_message', sent)).action === 'ack'),
    ]);
  }

  #lookAtChats(): Promise<boolean> {
    return this.#ask(this.#people.ann, 'GET', '/api/chats');
  }

  #logIn(): Promise<boolean> {
    const { bob } = this.#people;
    const body = JSON.stringify({ username: bob.username, password: PASSWORD });
    return this.#ask(bob, 'POST', '/api/login', body);
  }

  /** Whether the answer is 200. */
  #ask(
    { address, cookieHeader: cookie }: User,
    method: string,
    path: string,
    body?: string,
  ): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const headers = { cookie, 'content-type': 'application/json' };
      request(`${address}${path}`, { method, headers, agent: this.#connections }, (answer) =>
        answer.resume().on('end', () => resolve(answer.statusCode === 200)),
      )
        .on('error', reject)
        .end(body);
    });
  }
}

/** Nothing at all was done in time. */
const NEVER = GIVE_UP_MS;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NEVER;
}
