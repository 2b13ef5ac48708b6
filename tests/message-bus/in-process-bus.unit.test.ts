import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { type MessageBus, NoResponder, RequestTimeout } from '../../platform/message-bus/message-bus.ts';
import { payloadOf, readPayload } from '../../platform/message-bus/payload.ts';
import { describeMessageBusContract } from './message-bus-contract.ts';
import { freshSubject, gate, PATIENT } from './subjects.ts';

const logger = pino({ level: 'silent' });

describeMessageBusContract('One process', async () => {
  let current: MessageBus | undefined;
  return {
    async connect() {
      const bus = current ?? createInProcessBus({ logger });
      current = bus;
      const close = async () => {
        current = undefined;
        await bus.close();
      };
      return { ...bus, close };
    },
    async stop() {},
  };
});

describe('the bound on requests under way', () => {
  test('beyond it a request rejects at once; when there is room again, it is answered', async () => {
    const bus = createInProcessBus({ logger, maxRequestsUnderWay: 2 });
    const subject = freshSubject();
    const finish = gate();
    await bus.respond(subject, 'group', async (payload) => {
      await finish.opened;
      return payload;
    });
    const underWay = [bus.request(subject, 'one', PATIENT), bus.request(subject, 'two', PATIENT)];
    await expect(bus.request(subject, 'three', PATIENT)).rejects.toBeInstanceOf(NoResponder);
    finish.open();
    expect(await Promise.all(underWay)).toEqual(['one', 'two']);
    expect(await bus.request(subject, 'four', PATIENT)).toBe('four');
    await bus.close();
  });

  test('a request that nobody waits for any more still counts while its handler works', async () => {
    const bus = createInProcessBus({ logger, maxRequestsUnderWay: 1 });
    const subject = freshSubject();
    const finish = gate();
    await bus.respond(subject, 'group', async (payload) => {
      await finish.opened;
      return payload;
    });
    await expect(bus.request(subject, 'one', { timeoutMs: 1 })).rejects.toBeInstanceOf(RequestTimeout);
    await expect(bus.request(subject, 'two', PATIENT)).rejects.toBeInstanceOf(NoResponder);
    finish.open();
    await bus.close();
  });
});

test('a value arrives as the same one, for whoever means that kind', async () => {
  const kind = z.object({ names: z.array(z.string()) });
  const bus = createInProcessBus({ logger });
  const subject = freshSubject();
  await bus.respond(subject, 'group', async (payload) => payload);
  const value = { names: ['Ann'] };
  const answer = await bus.request(subject, payloadOf(kind, value), PATIENT);
  expect(readPayload(kind, answer)).toBe(value);
  const alike = z.object({ names: z.array(z.string()) });
  expect(readPayload(alike, answer)).toEqual(value);
  expect(readPayload(alike, answer)).not.toBe(value);
  await bus.close();
});
