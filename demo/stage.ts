import { randomUUID } from 'node:crypto';
import { Person } from './person.ts';
import { hop } from './script-lines.ts';
import { type Frame, type Received, Tab } from './tab.ts';

/** Two people with two tabs each. */
export interface Stage {
  readonly ada: Person;
  readonly bob: Person;
  readonly adaLaptop: Tab;
  readonly adaPhone: Tab;
  readonly bobLaptop: Tab;
  readonly bobPhone: Tab;
  readonly tabs: readonly Tab[];
}

/** New accounts; no tab is connected yet. */
export async function setStage(address: string): Promise<Stage> {
  const [ada, bob] = await Promise.all([Person.signUp(address, 'Ada'), Person.signUp(address, 'Bob')]);
  const adaLaptop = new Tab(address, ada, 'laptop');
  const adaPhone = new Tab(address, ada, 'phone');
  const bobLaptop = new Tab(address, bob, 'laptop');
  const bobPhone = new Tab(address, bob, 'phone');
  return {
    ada,
    bob,
    adaLaptop,
    adaPhone,
    bobLaptop,
    bobPhone,
    tabs: [adaLaptop, adaPhone, bobLaptop, bobPhone],
  };
}

/** Not kept: whoever is not there never hears of it. */
const EPHEMERAL: ReadonlySet<string> = new Set(['typing', 'watch_presence', 'user_online', 'user_offline']);

export const isPush = (frame: Frame): boolean => frame.cursor !== undefined || EPHEMERAL.has(frame.action);

/** What has to arrive where. */
export type Expected = readonly [action: string, tabs: readonly Tab[]];

/** One frame from one tab: prints its ack and the pushes that follow, the tab's own action to `audience` unless said otherwise. */
export async function act(
  tab: Tab,
  action: string,
  data: Record<string, unknown>,
  ...expected: readonly Expected[]
): Promise<Received> {
  const requestId = randomUUID();
  const sentAt = tab.send(action, data, requestId);
  const pushes = arrivals(expected);
  const ack = await tab.next((frame) => frame.request_id === requestId);
  hop(tab, ack, sentAt, EPHEMERAL.has(action) ? 'taken' : undefined);
  await show(pushes, sentAt);
  return ack;
}

/** One request of a person: prints the pushes that follow. Its answer's body. */
export async function ask(
  person: Person,
  [method, path, body]: readonly [method: string, path: string, body?: unknown],
  ...expected: readonly Expected[]
): Promise<unknown> {
  const sentAt = performance.now();
  const pushes = arrivals(expected);
  const answer = await person.request(method, path, body);
  await show(pushes, sentAt);
  return answer;
}

type Arrivals = Promise<readonly (readonly [Tab, Received])[]>;

const arrivals = (expected: readonly Expected[]): Arrivals =>
  Promise.all(
    expected.flatMap(([action, tabs]) =>
      tabs.map(
        async (tab) => [tab, await tab.next((frame) => frame.action === action && isPush(frame))] as const,
      ),
    ),
  );

async function show(pushes: Arrivals, sentAt: number): Promise<void> {
  for (const [tab, push] of await pushes) hop(tab, push, sentAt);
}
