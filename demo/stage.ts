import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Api } from '../client/api.ts';
import { ForgivingStorage } from '../client/forgiving-storage.ts';
import { nodeEnvironment } from '../client/node.ts';
import type { AckData, ClientAction, ClientData, PushAction } from '../client/wire.ts';
import { acked, pushed } from './script-lines.ts';
import { type Received, Tab } from './tab.ts';

/** Someone with an account and two tabs, who makes requests from the laptop. */
export interface Person {
  readonly name: string;
  readonly username: string;
  readonly laptop: Tab;
  readonly phone: Tab;
  readonly api: Api;
}

/** Two people with two tabs each. */
export interface Stage {
  readonly ada: Person;
  readonly bob: Person;
  readonly tabs: readonly Tab[];
}

/** New accounts; no tab is connected yet. */
export async function setStage(address: string): Promise<Stage> {
  const [ada, bob] = await Promise.all([signUp(address, 'Ada'), signUp(address, 'Bob')]);
  return { ada, bob, tabs: [ada.laptop, ada.phone, bob.laptop, bob.phone] };
}

/** Cookies and storage are shared by the two tabs, as those of one browser share them: so both are signed in. */
async function signUp(address: string, name: string): Promise<Person> {
  const environment = nodeEnvironment({ WebSocket, storage: new ForgivingStorage(null) });
  const laptop = new Tab(address, environment, `${name}'s laptop`);
  const phone = new Tab(address, environment, `${name}'s phone`);
  const username = `${name}.${randomBytes(4).toString('hex')}`;
  const password = `${randomBytes(12).toString('base64url')}-a1`;
  const email = `${username}@example.com`;
  const { api } = laptop.rally;
  await api.signUp({ username, email, password, password_repeat: password });
  return { name, username, laptop, phone, api };
}

/** What has to arrive where. */
export type Expected = readonly [action: PushAction, tabs: readonly Tab[]];

/** One frame from one tab: prints its ack and the pushes that follow. */
export async function act<Action extends ClientAction>(
  tab: Tab,
  action: Action,
  data: ClientData<Action>,
  ...expected: readonly Expected[]
): Promise<AckData> {
  const sentAtMs = performance.now();
  const pushes = arrivals(expected);
  const ack = await tab.rally.live.request(action, data);
  acked(tab, action, ack, performance.now() - sentAtMs);
  await show(pushes, sentAtMs);
  return ack;
}

/** One request of a person: prints the pushes that follow. What it was answered with. */
export async function ask<Answer>(
  request: () => Promise<Answer>,
  ...expected: readonly Expected[]
): Promise<Answer> {
  const sentAtMs = performance.now();
  const pushes = arrivals(expected);
  const answer = await request();
  await show(pushes, sentAtMs);
  return answer;
}

type Arrivals = Promise<readonly (readonly [Tab, Received])[]>;

const arrivals = (expected: readonly Expected[]): Arrivals =>
  Promise.all(
    expected.flatMap(([action, tabs]) => tabs.map(async (tab) => [tab, await tab.next(action)] as const)),
  );

async function show(pushes: Arrivals, sentAtMs: number): Promise<void> {
  for (const [tab, { frame, atMs }] of await pushes) pushed(tab, frame, atMs - sentAtMs);
}
