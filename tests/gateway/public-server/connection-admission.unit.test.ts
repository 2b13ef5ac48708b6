import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { admitConnections, openFilesLimit } from '../../../gateway/public-server/connection-admission.ts';

const lines: { msg: string; refused?: number; openFiles?: number | null; connections?: number | null }[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  lines.length = 0;
});

it('knows how many files the process may have open', () => {
  expect(openFilesLimit()).toBeGreaterThan(128);
});

it.each([
  [300, 172],
  [256, 128],
  [100, 50],
  [1, 1],
  [20_000, 19_872],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])('of %d files leaves %d to connections, and says so', async (openFiles, limit) => {
  const registry = new Registry();
  expect(admitConnections(logger, registry, openFiles).limit).toBe(limit);
  expect(lines).toMatchObject([{ msg: 'the public port takes so many connections at once' }]);
  expect(await registry.getSingleMetricAsString('rally_public_connections_limit')).toMatch(
    limit === Number.POSITIVE_INFINITY ? / \+Inf$/ : new RegExp(` ${limit}$`),
  );
});

it('counts every refused connection, and tells of them at once and then once a minute', async () => {
  const registry = new Registry();
  const admission = admitConnections(logger, registry, 300);
  const told = () => lines.flatMap(({ refused }) => refused ?? []);
  for (let index = 0; index < 100; index += 1) admission.refused();
  expect(told()).toEqual([1]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told()).toEqual([1, 99]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(told()).toEqual([1, 99]);
  admission.refused();
  expect(told()).toEqual([1, 99, 1]);
  expect(await registry.getSingleMetricAsString('rally_public_connections_refused_total')).toMatch(/ 101$/);
});
