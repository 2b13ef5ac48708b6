import { expect, it, onTestFinished } from 'vitest';
import { message, pushOf, twoPeople } from '../e2e/message-suite.ts';
import { startDistributed } from '../support/distributed-deployment.ts';
import { eventually } from '../support/patience.ts';
import { Collector, wayTo } from './collector.ts';

it('one message is one trace through all services, over NATS and the log', async () => {
  const collector = new Collector();
  const TRACING_URL = await collector.start();
  onTestFinished(() => collector.stop());
  const deployment = await startDistributed({ TRACING_URL });
  onTestFinished(() => deployment.stop());
  const { chatId, annTab, bobTab } = await twoPeople(deployment);
  const sent = message(chatId, 'through all of them');
  expect(await annTab.ask('new_message', sent)).toMatchObject({ action: 'ack' });
  await pushOf(bobTab, 'new_message', sent.id);
  // Each process sends its own spans in its own time.
  const services = await eventually(() => {
    const trace = collector.traceWith('process send_message') ?? [];
    const pushes = trace.filter(({ name }) => name === 'push');
    expect(pushes.map((push) => wayTo(push, trace))).toContainEqual([
      'request send_message',
      'process send_message',
      'project MessageSent',
      'push',
    ]);
    return new Set(trace.map(({ service }) => service));
  });
  expect([...services].sort()).toEqual(['command-service', 'gateway', 'projection-service']);
});
