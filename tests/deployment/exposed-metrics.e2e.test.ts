import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startManaged } from '../support/managed-process.ts';
import { describeWithNats, type NatsServer, startNatsServer } from '../support/nats-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { documentedMetrics } from './documented-metrics.ts';

/** Of the processes that bring a PostgreSQL along, which tests of those look at. */
const OF_EMBEDDED = ['rally_disk_free_bytes', 'rally_disk_size_bytes'];

describeWithNats('the metrics of a running Rally', () => {
  let database: TestDatabase;
  let nats: NatsServer;
  const exposed = new Map<string, string>();
  const inOne = new Set<string>();

  beforeAll(async () => {
    database = await createTestDatabase();
    nats = await startNatsServer();
    const secret = { DATABASE_URL: database.url, JWT_SECRET: 'x'.repeat(32) };
    const settings = { ...secret, NATS_URL: nats.url, PORT: '0' };
    const whole = await startManaged('standalone/main.js', { ...secret, PORT: '0' });
    for (const [name] of await metricsOf(whole.opsPort)) inOne.add(name);
    await whole.stop();
    for (const service of ['projection-service', 'command-service', 'housekeeping', 'gateway']) {
      const running = await startManaged(`${service}/main.js`, settings);
      for (const [name, type] of await metricsOf(running.opsPort)) exposed.set(name, type);
      await running.stop();
    }
  });
  afterAll(async () => {
    await nats.stop();
    await database.drop();
  });

  async function metricsOf(opsPort: number): Promise<[name: string, type: string][]> {
    const text = await fetch(`http://127.0.0.1:${opsPort}/metrics`).then((answer) => answer.text());
    return [...text.matchAll(/^# TYPE (rally_\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]);
  }

  it('are those of the table, each with its type', () => {
    const documented = documentedMetrics().filter(({ name }) => !OF_EMBEDDED.includes(name));
    expect(Object.fromEntries([...exposed].sort())).toEqual(
      Object.fromEntries(documented.map(({ name, type }) => [name, type] as const).sort()),
    );
  });

  it('in one process are the same, but for those of the bus', () => {
    expect([...exposed.keys()].filter((name) => !inOne.has(name))).toEqual([
      'rally_bus_connected',
      'rally_bus_reconnects_total',
    ]);
    expect([...inOne].filter((name) => !exposed.has(name))).toEqual([]);
  });
});

it('the table says something of each', () => {
  const table = readFileSync('docs/operations/metrics.md', 'utf8');
  expect(table.match(/\| *\|/g) ?? []).toEqual([]);
});
