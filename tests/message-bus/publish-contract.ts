import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LEAST_MAX_PAYLOAD_BYTES, PayloadTooLarge } from '../../platform/message-bus/message-bus.ts';
import { eventually } from '../support/patience.ts';
import type { Connect } from './message-bus-contract.ts';
import { freshSubject, numbered } from './subjects.ts';

export function publishContract(connect: Connect): void {
  test('what is published once subscribed arrives, at every subscriber, in order', async () => {
    const [publisher, one, two] = [await connect(), await connect(), await connect()];
    const subject = freshSubject();
    const [atOne, atTwo]: [string[], string[]] = [[], []];
    await one.subscribe(subject, (payload) => atOne.push(payload));
    await two.subscribe(subject, (payload) => atTwo.push(payload));
    const payloads = numbered(1000);
    for (const payload of payloads) publisher.publish(subject, payload);
    await eventually(() => expect([atOne.length, atTwo.length]).toEqual([1000, 1000]));
    expect(atOne).toEqual(payloads);
    expect(atTwo).toEqual(payloads);
  });

  test('what is published on many subjects arrives in that one order, however slow a subscriber is', async () => {
    const [publisher, subscriber, other] = [await connect(), await connect(), await connect()];
    const subjects = Array.from({ length: 20 }, freshSubject);
    const [atSubscriber, atOther]: [string[], string[]] = [[], []];
    for (const [index, subject] of subjects.entries()) {
      await subscriber.subscribe(subject, (payload) => {
        if (index === 7) keepBusy(0.2);
        atSubscriber.push(payload);
      });
      await other.subscribe(subject, (payload) => atOther.push(payload));
    }
    const payloads = numbered(5000);
    for (const [index, payload] of payloads.entries()) {
      publisher.publish(subjects[(index * index + 3 * index) % subjects.length] ?? '', payload);
      if (index % 500 === 0) await nextTurn();
    }
    await eventually(() => expect([atSubscriber.length, atOther.length]).toEqual([5000, 5000]));
    expect(atSubscriber).toEqual(payloads);
    expect(atOther).toEqual(payloads);
  });

  test('what was flushed arrives before what another publishes afterwards, on whatever subject', async () => {
    const [first, second, subscriber] = [await connect(), await connect(), await connect()];
    const [one, two] = [freshSubject(), freshSubject()];
    const got: string[] = [];
    await subscriber.subscribe(one, (payload) => got.push(payload));
    await subscriber.subscribe(two, (payload) => got.push(payload));
    const payloads = numbered(300);
    for (const [index, payload] of payloads.entries()) {
      const publisher = index % 2 === 0 ? first : second;
      publisher.publish(index % 3 === 0 ? one : two, payload);
      await publisher.flush();
    }
    await eventually(() => expect(got).toHaveLength(300));
    expect(got).toEqual(payloads);
  });

  test('two subscriptions of one member each get it', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const got: string[] = [];
    await bus.subscribe(subject, (payload) => got.push(`one ${payload}`));
    await bus.subscribe(subject, (payload) => got.push(`two ${payload}`));
    bus.publish(subject, 'x');
    await eventually(() => expect(got.sort()).toEqual(['one x', 'two x']));
  });

  test('other subjects, longer and shorter ones too, do not arrive', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const got: string[] = [];
    await bus.subscribe(subject, (payload) => got.push(payload));
    for (const other of [`${subject}.more`, `${subject}more`, 'test', freshSubject()])
      bus.publish(other, other);
    bus.publish(subject, 'mine');
    await eventually(() => expect(got.at(-1)).toBe('mine'));
    expect(got).toEqual(['mine']);
  });

  test('a subscriber never runs on the stack of the publisher', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const steps: string[] = [];
    await bus.subscribe(subject, () => steps.push('delivered'));
    bus.publish(subject, 'x');
    steps.push('published');
    await eventually(() => expect(steps).toHaveLength(2));
    expect(steps).toEqual(['published', 'delivered']);
  });

  test('a handler that throws gets what follows, and so do the others', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const [atFailing, atOther]: [string[], string[]] = [[], []];
    await bus.subscribe(subject, (payload) => {
      atFailing.push(payload);
      throw new Error('handler failed');
    });
    await bus.subscribe(subject, (payload) => atOther.push(payload));
    bus.publish(subject, 'one');
    bus.publish(subject, 'two');
    await eventually(() => expect(atOther).toEqual(['one', 'two']));
    await eventually(() => expect(atFailing).toEqual(['one', 'two']));
  });

  test('what a handler publishes arrives after what was published before', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const got: string[] = [];
    await bus.subscribe(subject, (payload) => {
      got.push(payload);
      if (payload === 'one') bus.publish(subject, 'three');
    });
    bus.publish(subject, 'one');
    bus.publish(subject, 'two');
    await eventually(() => expect(got).toEqual(['one', 'two', 'three']));
  });

  test('nothing arrives after unsubscribing, even of what is on its way', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const [left, stayed]: [string[], string[]] = [[], []];
    const subscription = await bus.subscribe(subject, (payload) => left.push(payload));
    await bus.subscribe(subject, (payload) => stayed.push(payload));
    for (const payload of numbered(100)) bus.publish(subject, payload);
    await subscription.unsubscribe();
    const before = left.length;
    bus.publish(subject, 'last');
    await eventually(() => expect(stayed.at(-1)).toBe('last'));
    expect(left).toHaveLength(before);
    expect(left).not.toContain('last');
  });

  test('unsubscribing twice takes nothing from others', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const got: string[] = [];
    const subscription = await bus.subscribe(subject, () => {});
    await subscription.unsubscribe();
    await bus.subscribe(subject, (payload) => got.push(payload));
    await subscription.unsubscribe();
    bus.publish(subject, 'x');
    await eventually(() => expect(got).toEqual(['x']));
  });

  test('payloads arrive as they were sent', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const payloads = ['', ' ', '\u0000', 'ünïcödé 😀', 'x'.repeat(200_000)];
    const got: string[] = [];
    await bus.subscribe(subject, (payload) => got.push(payload));
    for (const payload of payloads) bus.publish(subject, payload);
    await eventually(() => expect(got).toEqual(payloads));
  });

  test.each(['x', '☃'])(
    'a payload as large as the bound arrives, of a larger one nothing leaves (%s)',
    async (text) => {
      const bus = await connect();
      const subject = freshSubject();
      const got: number[] = [];
      await bus.subscribe(subject, (payload) => got.push(Buffer.byteLength(payload)));
      const bound = bus.maxPayloadBytes();
      expect(bound).toBeGreaterThanOrEqual(LEAST_MAX_PAYLOAD_BYTES);
      const most = text.repeat(Math.floor(bound / Buffer.byteLength(text)));
      const exact = most + 'x'.repeat(bound - Buffer.byteLength(most));
      expect(() => bus.publish(subject, `${exact}x`)).toThrow(PayloadTooLarge);
      bus.publish(subject, exact);
      bus.publish(subject, 'x');
      await eventually(() => expect(got).toEqual([bound, 1]));
    },
  );
}

/** As a handler that computes: nothing else runs meanwhile. */
function keepBusy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
