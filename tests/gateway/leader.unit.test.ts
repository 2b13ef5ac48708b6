import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { Leader } from '../../gateway/leader.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import type { MessageBus } from '../../platform/message-bus/message-bus.ts';
import { encodeLeaderPosition, leaderGroup, PUBLISHED } from '../../protocol/subjects.ts';
import { eventually, PATIENCE_MS } from '../support/patience.ts';

const logger = pino({ level: 'silent' });
let bus: MessageBus;
let leader: Leader;
let asked: number;

beforeEach(() => {
  asked = 0;
  const inProcess = createInProcessBus({ logger });
  bus = {
    ...inProcess,
    request(...request) {
      asked += 1;
      return inProcess.request(...request);
    },
  };
  leader = new Leader(bus, logger);
});

/** Somebody answers as the leader of this epoch, once `answers` resolves. */
const leads = (epoch: bigint, position: bigint, answers: Promise<void> = Promise.resolve()) =>
  bus.respond(PUBLISHED, leaderGroup(epoch), async () => {
    await answers;
    return encodeLeaderPosition({ epoch, position });
  });

test('whoever leads says how far it has published', async () => {
  await leads(7n, 3n);
  expect(await leader.publishedWithin(PATIENCE_MS)).toEqual({ epoch: 7n, position: 3n });
});

test('all who ask before it is sent share a request, whatever they ask for; the next is sent when that is answered', async () => {
  let answer = () => {};
  await leads(7n, 3n, new Promise((resolve) => (answer = resolve)));
  const ask = () => [leader.publishedWithin(PATIENCE_MS), leader.published()];
  const first = [...ask(), ...ask()];
  await eventually(() => expect(asked).toBe(1));
  const later = [...ask(), ...ask()];
  answer();
  const answers = await Promise.all([...first, ...later]);
  expect(new Set(answers.map((position) => position?.position))).toEqual(new Set([3n]));
  expect(asked).toBe(2);
});

test('while nobody leads it asks again, until somebody does', async () => {
  const asking = leader.publishedWithin(PATIENCE_MS);
  await eventually(() => expect(asked).toBe(3));
  await leads(7n, 3n);
  expect(await asking).toEqual({ epoch: 7n, position: 3n });
});

test('nobody leads: null in the end; whoever leads then is heard of', async () => {
  expect(await leader.publishedWithin(20)).toBeNull();
  await leads(8n, 4n);
  expect(await leader.publishedWithin(PATIENCE_MS)).toEqual({ epoch: 8n, position: 4n });
});

test('who leads is frozen: null comes before the request is given up; its successor is heard of', async () => {
  await leads(7n, 3n, new Promise(() => {}));
  const givenUp = leader.published().then(() => 'given up');
  expect(await Promise.race([leader.publishedWithin(20), givenUp])).toBeNull();
  await leads(8n, 4n);
  expect(await leader.publishedWithin(PATIENCE_MS)).toEqual({ epoch: 8n, position: 4n });
  expect(asked).toBe(2);
});

test('an answer that cannot be read is none', async () => {
  const broken = await bus.respond(PUBLISHED, 'leader-broken', async () => 'hello');
  const asking = leader.publishedWithin(PATIENCE_MS);
  await eventually(() => expect(asked).toBe(2));
  await broken.unsubscribe();
  await leads(7n, 3n);
  expect(await asking).toEqual({ epoch: 7n, position: 3n });
});
