import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';
import { readConfiguration } from '../../platform/configuration/read-configuration.ts';
import { createInProcessBus } from '../../platform/message-bus/in-process/in-process-bus.ts';
import { Parts } from '../../platform/service/service.ts';
import { openTracing } from '../../platform/tracing/open-tracing.ts';
import type { Tracing } from '../../platform/tracing/tracing.ts';
import { standaloneConfiguration } from '../../standalone/configuration.ts';
import { startStandalone } from '../../standalone/start-standalone.ts';
import { busWhenTraced } from '../../tracing/when-traced.ts';
import { message, pushOf } from '../e2e/message-suite.ts';
import { openChat, signUp } from '../support/api-client.ts';
import { eventually } from '../support/patience.ts';
import { openTab } from '../support/tab.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { Collector, wayTo } from './collector.ts';

const logger = pino({ level: 'silent' });

/** All of Rally in this process; `warnings`: of its tracing. */
async function start(url: string | null) {
  const database = await createTestDatabase();
  const parts = new Parts();
  const warnings: unknown[] = [];
  const listening = pino({ level: 'warn' }, { write: (line) => void warnings.push(JSON.parse(line)) });
  const tracing: Tracing | null = url
    ? await parts.add(Promise.resolve(openTracing({ url, ratio: 1, name: 'rally', logger: listening })))
    : null;
  onTestFinished(async () => {
    await parts.stop();
    await database.drop();
  });
  const configuration = readConfiguration(standaloneConfiguration, {
    PORT: '0',
    DATABASE_URL: database.url,
    JWT_SECRET: randomUUID(),
  });
  const context = {
    opsAddress: '',
    logger,
    metrics: new Registry(),
    tracing,
    parts,
    addProcess: () => {},
    fail: () => {},
  };
  const { gateway } = await startStandalone(configuration, context, () => {});
  const metadata = async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ type: string; traceparent: string | null }>(
      `select type, metadata->>'traceparent' as traceparent from event_log.events order by position`,
    );
    await client.end();
    return rows;
  };
  return { address: gateway.address, parts, metadata, warnings };
}

/** From a signup to a message that a tab of the other has got. */
async function talk(address: string): Promise<void> {
  const [ann, bob] = [await signUp(address, 'Ann'), await signUp(address, 'Bob')];
  const chatId = await openChat(ann, bob);
  const [annTab, bobTab] = [await openTab(ann), await openTab(bob)];
  const sent = message(chatId, 'a secret between two');
  expect(await annTab.ask('new_message', sent)).toMatchObject({ action: 'ack' });
  await pushOf(bobTab, 'new_message', sent.id);
}

it('one message is one trace, from the frame to the push, and tells nothing of what was said', async () => {
  const collector = new Collector();
  const url = await collector.start();
  onTestFinished(() => collector.stop());
  const { address, metadata } = await start(url);
  await talk(address);
  const push = await eventually(() => {
    const trace = collector.traceWith('process send_message');
    const found = trace?.find(({ name }) => name === 'push');
    if (!trace || !found) throw new Error('not there yet');
    return { way: wayTo(found, trace), trace };
  });
  expect(push.way).toEqual(['request send_message', 'process send_message', 'project MessageSent', 'push']);
  const append = push.trace.find(({ name }) => name === 'append');
  expect(append && wayTo(append, push.trace)).toEqual([
    'request send_message',
    'process send_message',
    'append',
  ]);
  const signup = collector.traceWith('process register_user') ?? [];
  const registered = signup.find(({ name }) => name === 'process register_user');
  expect(registered && wayTo(registered, signup)).toEqual([
    'POST /api/signup',
    'request register_user',
    'process register_user',
  ]);
  const rows = await metadata();
  expect(
    rows.filter(({ traceparent }) => !/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(traceparent ?? '')),
  ).toEqual([]);
  const told = JSON.stringify(collector.spans);
  expect(told).not.toMatch(/secret between|Ann\.|Bob\.|example\.com|correct horse/i);
});

it('a collector that is not there costs one line, and no message', async () => {
  const collector = new Collector();
  const url = await collector.start();
  await collector.stop();
  const { address, parts, warnings } = await start(url);
  await talk(address);
  await eventually(() => expect(warnings).toHaveLength(1));
  await talk(address);
  await parts.stop();
  expect(warnings).toEqual([expect.objectContaining({ msg: 'spans were not taken by the collector' })]);
});

it('where nothing is traced, neither the log nor the bus has anything of it', async () => {
  const { address, metadata } = await start(null);
  await talk(address);
  const rows = await metadata();
  expect(rows.length).toBeGreaterThan(3);
  expect(rows.filter(({ traceparent }) => traceparent !== null)).toEqual([]);
  const bus = createInProcessBus({ logger });
  expect(await busWhenTraced(bus, null)).toBe(bus);
});
