import { expect, test } from 'vitest';
import { z } from 'zod';
import { NoResponder, PayloadTooLarge, RequestTimeout } from '../../platform/message-bus/message-bus.ts';
import { type Payload, payloadOf, readPayload, textOf } from '../../platform/message-bus/payload.ts';
import { eventually } from '../support/patience.ts';
import type { Connect } from './message-bus-contract.ts';
import { freshSubject, gate, numbered, PATIENT } from './subjects.ts';

export function requestContract(connect: Connect): void {
  test('a responder answers', async () => {
    const [requester, responder] = [await connect(), await connect()];
    const subject = freshSubject();
    await responder.respond(subject, 'group', async (payload) => `${payload}, heard`);
    expect(await requester.request(subject, 'hello', PATIENT)).toBe('hello, heard');
  });

  test('each of many concurrent requests gets its own answer, whatever the order of answering', async () => {
    const [requester, responder] = [await connect(), await connect()];
    const subject = freshSubject();
    const waiting: (() => void)[] = [];
    await responder.respond(subject, 'group', async (payload) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 100) for (const answer of waiting.reverse()) answer();
      });
      return `re ${payload}`;
    });
    const answers = await Promise.all(
      numbered(100).map((payload) => requester.request(subject, payload, PATIENT)),
    );
    expect(answers).toEqual(numbered(100).map((payload) => `re ${payload}`));
  });

  test('members of a group share the requests: each is handled once, and nobody is left out', async () => {
    const [requester, one, two] = [await connect(), await connect(), await connect()];
    const subject = freshSubject();
    const handled: string[] = [];
    const respondAs = (name: string) => async (payload: Payload) => {
      handled.push(textOf(payload));
      return name;
    };
    await one.respond(subject, 'group', respondAs('one'));
    await two.respond(subject, 'group', respondAs('two'));
    const payloads = numbered(200);
    const answers = await Promise.all(
      payloads.map((payload) => requester.request(subject, payload, PATIENT)),
    );
    expect(handled.toSorted()).toEqual(payloads.toSorted());
    expect(new Set(answers)).toEqual(new Set(['one', 'two']));
  });

  test('every group handles a request; the requester gets one answer', async () => {
    const [requester, responder] = [await connect(), await connect()];
    const subject = freshSubject();
    const handled: string[] = [];
    for (const group of ['a', 'b'])
      await responder.respond(subject, group, async () => {
        handled.push(group);
        return 'answer';
      });
    expect(await requester.request(subject, 'x', PATIENT)).toBe('answer');
    await eventually(() => expect(handled.toSorted()).toEqual(['a', 'b']));
  });

  test('nobody there: rejects at once', async () => {
    const bus = await connect();
    await expect(bus.request(freshSubject(), 'x', PATIENT)).rejects.toBeInstanceOf(NoResponder);
  });

  test('a subscriber of the subject is no responder', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const subscription = await bus.subscribe(subject, () => {});
    await subscription.unsubscribe();
    await expect(bus.request(subject, 'x', PATIENT)).rejects.toBeInstanceOf(NoResponder);
  });

  test('no answer within the deadline: rejects, and a late answer goes nowhere', async () => {
    const [requester, responder] = [await connect(), await connect()];
    const subject = freshSubject();
    let answer = (): void => {};
    await responder.respond(subject, 'group', (payload) => {
      if (payload !== 'slow') return Promise.resolve(payload);
      return new Promise((resolve) => {
        answer = () => resolve('late');
      });
    });
    const slow = requester.request(subject, 'slow', { timeoutMs: 100 });
    await expect(slow).rejects.toBeInstanceOf(RequestTimeout);
    answer();
    expect(await requester.request(subject, 'quick', PATIENT)).toBe('quick');
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('handler failed');
      },
    ],
    ['rejects', () => Promise.reject(new Error('handler failed'))],
  ])('a responder that %s shows as a timeout, and answers what follows', async (_, fail) => {
    const [requester, responder] = [await connect(), await connect()];
    const subject = freshSubject();
    await responder.respond(subject, 'group', (payload) =>
      payload === 'bad' ? fail() : Promise.resolve(payload),
    );
    const bad = requester.request(subject, 'bad', { timeoutMs: 200 });
    await expect(bad).rejects.toBeInstanceOf(RequestTimeout);
    expect(await requester.request(subject, 'good', PATIENT)).toBe('good');
  });

  test('a responder never runs on the stack of the requester', async () => {
    const bus = await connect();
    const subject = freshSubject();
    const steps: string[] = [];
    await bus.respond(subject, 'group', async () => {
      steps.push('handled');
      return '';
    });
    const answer = bus.request(subject, 'x', PATIENT);
    steps.push('requested');
    await answer;
    expect(steps).toEqual(['requested', 'handled']);
  });

  test('a handler may ask others', async () => {
    const bus = await connect();
    const [outer, inner] = [freshSubject(), freshSubject()];
    await bus.respond(inner, 'group', async (payload) => `inner ${payload}`);
    await bus.respond(outer, 'group', (payload) => bus.request(inner, payload, PATIENT));
    expect(await bus.request(outer, 'x', PATIENT)).toBe('inner x');
  });

  test('unsubscribing waits for requests under way, which are answered; later ones find nobody', async () => {
    const [requester, responder] = [await connect(), await connect()];
    const subject = freshSubject();
    const [started, finish] = [gate(), gate()];
    const subscription = await responder.respond(subject, 'group', async (payload) => {
      started.open();
      await finish.opened;
      return payload;
    });
    const answer = requester.request(subject, 'under way', PATIENT);
    await started.opened;
    let unsubscribed = false;
    const unsubscribing = subscription.unsubscribe().then(() => {
      unsubscribed = true;
    });
    await eventually(() =>
      expect(requester.request(subject, 'late', { timeoutMs: 200 })).rejects.toBeInstanceOf(NoResponder),
    );
    expect(unsubscribed).toBe(false);
    finish.open();
    expect(await answer).toBe('under way');
    await unsubscribing;
  });

  test('when one member of a group leaves, the others answer', async () => {
    const [requester, one, two] = [await connect(), await connect(), await connect()];
    const subject = freshSubject();
    const leaving = await one.respond(subject, 'group', async () => 'one');
    await two.respond(subject, 'group', async () => 'two');
    await leaving.unsubscribe();
    const answers = numbered(20).map((payload) => requester.request(subject, payload, PATIENT));
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['two']));
  });

  test('payloads and answers arrive as they were sent', async () => {
    const bus = await connect();
    const subject = freshSubject();
    await bus.respond(subject, 'group', async (payload) => payload);
    for (const payload of ['', '\u0000', 'ünïcödé 😀', 'x'.repeat(200_000)])
      expect(await bus.request(subject, payload, PATIENT)).toBe(payload);
  });

  test('a value comes as it was, and is read as any text that says the same', async () => {
    const kind = z.object({ names: z.array(z.string()) });
    const bus = await connect();
    const subject = freshSubject();
    await bus.respond(subject, 'group', async (payload) =>
      payloadOf(kind, { names: [...readPayload(kind, payload).names, 'Bob'] }),
    );
    for (const asked of [payloadOf(kind, { names: ['Änn 😀'] }), '{"names":["Änn 😀"]}'])
      expect(readPayload(kind, await bus.request(subject, asked, PATIENT))).toEqual({
        names: ['Änn 😀', 'Bob'],
      });
    const answer = await bus.request(subject, payloadOf(kind, { names: [] }), PATIENT);
    expect(() => readPayload(z.number(), answer)).toThrow(z.ZodError);
    expect(() => readPayload(kind, 'not JSON')).toThrow(z.ZodError);
  });

  test.each([0.99, 0.5, 0, -1, Number.NaN])(
    '%d ms left: rejects as timed out at once, and nothing is sent',
    async (timeoutMs) => {
      const [requester, responder] = [await connect(), await connect()];
      const subject = freshSubject();
      const handled: string[] = [];
      await responder.respond(subject, 'group', async (payload) => {
        handled.push(textOf(payload));
        return payload;
      });
      await expect(requester.request(subject, 'too late', { timeoutMs })).rejects.toBeInstanceOf(
        RequestTimeout,
      );
      await requester.request(subject, 'in time', PATIENT);
      expect(handled).toEqual(['in time']);
    },
  );

  test('a request as large as the bound is answered, with as much; a larger one rejects and is not sent', async () => {
    const [requester, responder] = [await connect(), await connect()];
    const subject = freshSubject();
    const handled: number[] = [];
    await responder.respond(subject, 'group', async (payload) => {
      handled.push(textOf(payload).length);
      return payload;
    });
    const bound = requester.maxPayloadBytes();
    await expect(requester.request(subject, 'x'.repeat(bound + 1), PATIENT)).rejects.toBeInstanceOf(
      PayloadTooLarge,
    );
    expect(await requester.request(subject, 'x'.repeat(bound), PATIENT)).toHaveLength(bound);
    expect(handled).toEqual([bound]);
  });

  test('an answer beyond the bound shows as a timeout, and what follows is answered', async () => {
    const [requester, responder] = [await connect(), await connect()];
    const subject = freshSubject();
    const bound = responder.maxPayloadBytes();
    await responder.respond(subject, 'group', async (payload) => textOf(payload).repeat(bound));
    const large = requester.request(subject, 'xx', { timeoutMs: 200 });
    await expect(large).rejects.toBeInstanceOf(RequestTimeout);
    expect(await requester.request(subject, '', PATIENT)).toBe('');
  });
}
