import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { MessageBus } from '../../platform/message-bus/message-bus.ts';
import { connectNatsBus } from '../../platform/message-bus/nats/nats-bus.ts';
import { type Link, openLink } from '../support/link.ts';
import { describeWithNats, startNatsServer } from '../support/nats-server.ts';
import { eventually } from '../support/patience.ts';
import { freshSubject } from './subjects.ts';

const logger = pino({ level: 'silent' });

/** Where publishers write before they publish, and whoever has missed something reads. */
interface Source {
  readonly subject: string;
  published: number;
}

interface Reader {
  last: number;
  /** Numbers that arrived after a hole of which nobody was told. */
  readonly unannounced: number[];
}

async function linkedBus(serverPort: number): Promise<{ bus: MessageBus; link: Link }> {
  const link = await openLink({ host: '127.0.0.1', port: serverPort });
  const bus = await connectNatsBus({ url: `nats://127.0.0.1:${link.port}`, name: 'linked', logger });
  onTestFinished(async () => {
    await bus.close();
    await link.close();
  });
  return { bus, link };
}

async function read(bus: MessageBus, source: Source): Promise<Reader> {
  const reader: Reader = { last: 0, unannounced: [] };
  bus.onInterrupted(() => {
    reader.last = source.published;
  });
  await bus.subscribe(source.subject, (payload) => {
    const number = Number(payload);
    if (number <= reader.last) return;
    if (number > reader.last + 1) reader.unannounced.push(number);
    reader.last = number;
  });
  return reader;
}

function publishNext(bus: MessageBus, source: Source): void {
  source.published += 1;
  bus.publish(source.subject, String(source.published));
}

describeWithNats('a link to NATS that breaks while numbers are published', () => {
  test.each(['the publisher', 'the reader'])('%s is told, so no hole stays unknown', async (who) => {
    const server = await startNatsServer();
    onTestFinished(() => server.stop());
    const port = Number(new URL(server.url).port);
    const [publisher, subscriber] = [await linkedBus(port), await linkedBus(port)];
    const source: Source = { subject: freshSubject(), published: 0 };
    const reader = await read(subscriber.bus, source);
    const { link } = who === 'the publisher' ? publisher : subscriber;

    const publishing = setInterval(() => {
      for (let burst = 0; burst < 20; burst += 1) publishNext(publisher.bus, source);
    }, 2);
    for (let round = 0; round < 3; round += 1) {
      await pause(50);
      link.cut();
      await pause(50);
      link.mend();
      const cutAt = source.published;
      await eventually(() => expect(reader.last).toBeGreaterThan(cutAt));
    }
    clearInterval(publishing);
    await eventually(() => expect(reader.last).toBe(source.published));
    expect(reader.unannounced).toEqual([]);
  });

  test('a subscription made while the link is cut is in force when it is back', async () => {
    const server = await startNatsServer();
    onTestFinished(() => server.stop());
    const port = Number(new URL(server.url).port);
    const [publisher, subscriber] = [await linkedBus(port), await linkedBus(port)];
    const told = vi.fn();
    subscriber.bus.onInterrupted(told);
    subscriber.link.cut();
    await eventually(() => expect(told).toHaveBeenCalledOnce());
    const subject = freshSubject();
    const got: string[] = [];
    await subscriber.bus.subscribe(subject, (payload) => got.push(payload));
    subscriber.link.mend();
    await eventually(() => expect(told.mock.calls.length).toBeGreaterThan(1));
    publisher.bus.publish(subject, 'x');
    await eventually(() => expect(got).toEqual(['x']));
  });
});
