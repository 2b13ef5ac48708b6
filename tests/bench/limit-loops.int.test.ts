import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startDoubleProcess } from '../eventstoredb-double/double-process.ts';

/** Ends with an error when a message is lost, doubled or out of order. */
const tryRate = (system: string, environment: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, ['dist/bench/try-rates.js', system, '300'], {
    env: { ...process.env, ...environment },
  });

it('the limit loop loses nothing', async () => {
  expect((await tryRate('limit loop')).stdout).toMatch(/^300\/s/);
});

it('the limit loop on EventStoreDB loses nothing either, also when its subscription is dropped', async () => {
  const home = await mkdtemp(join(tmpdir(), 'rally-limit-'));
  const double = await startDoubleProcess({ logFile: join(home, 'log') });
  const dropping = setInterval(() => double.dropSubscriptions(), 200);
  try {
    const { stdout } = await tryRate('limit on EventStoreDB', { EVENTSTORE_URL: double.url });
    expect(stdout).toMatch(/^300\/s/);
  } finally {
    clearInterval(dropping);
    await double.kill();
    await rm(home, { recursive: true });
  }
});
