import pLimit from 'p-limit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEventStoreDb } from '../../platform/event-store/eventstoredb/open-eventstoredb.ts';
import { message } from '../e2e/message-suite.ts';
import { openChat, signUp, type User } from '../support/api-client.ts';
import { type DistributedOnDouble, startDistributedOnDouble } from '../support/distributed-on-double.ts';
import { loggedMessages } from '../support/logged-messages.ts';
import { describeWithNats } from '../support/nats-server.ts';
import { until } from '../support/patience.ts';
import { sayUntilAcked } from '../support/say-until-acked.ts';
import { soaking } from '../support/soak.ts';
import { openTab, type Tab } from '../support/tab.ts';

const PEOPLE = 26;
const MESSAGES = 2000;
/** The first one also warms up the processes. */
const BURSTS = soaking(2, 3);
const DROPS_PER_BURST = 3;
const CHATS_AT_ONCE = 20;

interface Person {
  readonly user: User;
  /** One at each gateway. */
  readonly tabs: readonly [Tab, Tab];
  readonly chats: Set<string>;
}

describeWithNats('2,000 messages at once, the log in a double of EventStoreDB', () => {
  let deployment: DistributedOnDouble;

  beforeAll(async () => {
    deployment = await startDistributedOnDouble({ FRAME_LIMIT_PER_S: '100000' });
  });

  afterAll(() => deployment?.stop());

  it('arrive once and in order, although the server drops the live subscription several times', async () => {
    const people = await Promise.all(
      Array.from({ length: PEOPLE }, (_, index) => arrive(deployment.addresses, index)),
    );
    const pairs = people.flatMap((one, index) =>
      people.slice(index + 1).map((other) => [one, other] as const),
    );
    const inTurn = pLimit(CHATS_AT_ONCE);
    const chats = await Promise.all(pairs.map(([one, other]) => inTurn(startChat, one, other)));
    const tabs = people.flatMap((person) => person.tabs);

    for (let burst = 1; burst <= BURSTS; burst += 1) {
      const latencies = latenciesFrom(performance.now(), tabs);
      const answered = Array.from({ length: MESSAGES }, (_, index) => {
        const chat = chats[index % chats.length];
        return chat && sayUntilAcked(chat.speaks(index), message(chat.id, `${burst}-${index}`));
      });
      const all = MESSAGES * 4;
      for (let drop = 1; drop <= DROPS_PER_BURST; drop += 1) {
        const enough = (all * drop) / (DROPS_PER_BURST + 1);
        await until(() => latencies.length >= enough, 1);
        deployment.double.dropSubscriptions();
      }
      await until(() => latencies.length >= all);
      await Promise.all(answered);
      process.stdout.write(`${MESSAGES} messages at once, ${burst}. time: ${inWords(latencies)}\n`);
    }

    const store = openEventStoreDb({ url: deployment.double.url });
    const logged = await loggedMessages(store);
    await store.close();
    expect(logged).toHaveLength(BURSTS * MESSAGES);
    for (const { tabs: ofOne, chats: own } of people) {
      const expected = logged.filter(({ chatId }) => own.has(chatId)).map(({ id }) => id);
      for (const tab of ofOne) expect(tab.of('new_message').map(({ data }) => data.id)).toEqual(expected);
    }
    const drops = deployment.projection.output().match(/subscription to the log interrupted/g);
    // One of them may have come between two subscriptions.
    expect(drops?.length).toBeGreaterThan(BURSTS * (DROPS_PER_BURST - 1));
  });
});

async function arrive(addresses: readonly [string, string], index: number): Promise<Person> {
  const user = await signUp(addresses[index % 2 === 0 ? 0 : 1]);
  const [here, there] = addresses;
  const tabs = await Promise.all([openTab(user, { address: here }), openTab(user, { address: there })]);
  return { user, tabs, chats: new Set() };
}

async function startChat(one: Person, other: Person) {
  const id = await openChat(one.user, other.user);
  for (const { chats } of [one, other]) chats.add(id);
  const tabs = [...one.tabs, ...other.tabs];
  return { id, speaks: (turn: number): Tab => tabs[turn % tabs.length] ?? one.tabs[0] };
}

/** Filled as messages arrive, in milliseconds. */
function latenciesFrom(start: number, tabs: readonly Tab[]): number[] {
  const latencies: number[] = [];
  for (const { socket } of tabs) {
    socket.on('message', (text) => {
      if (text.toString().startsWith('{"action":"new_message"')) latencies.push(performance.now() - start);
    });
  }
  return latencies;
}

function inWords(latencies: number[]): string {
  const sorted = latencies.sort((a, b) => a - b);
  const at = (part: number) => Math.round(sorted[Math.ceil(sorted.length * part) - 1] ?? 0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
