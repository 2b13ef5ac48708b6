import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startStandalone } from '../support/embedded-deployment.ts';
import { prepareDataDirectory } from '../support/prepared-data-directory.ts';

it('a process that is asked to end says so and works on for DRAIN_DELAY_MS', async () => {
  const home = await mkdtemp(join(tmpdir(), 'rally-drain-delay-'));
  const settings = { DATA_DIR: join(home, 'data'), DRAIN_DELAY_MS: '5000' };
  await prepareDataDirectory(settings.DATA_DIR);
  const { address, rally } = await startStandalone(settings);
  const [, ops = ''] = /health and metrics: (http:\S+)\/health/.exec(rally.output()) ?? [];
  const statuses = () =>
    Promise.all([`${ops}/health/ready`, `${address}/api/self`].map(async (url) => (await fetch(url)).status));
  expect(await statuses()).toEqual([200, 401]);

  const askedAt = performance.now();
  rally.child.kill('SIGTERM');
  await expect.poll(statuses).toEqual([503, 401]);
  expect(await rally.exited).toBe(0);
  expect(performance.now() - askedAt).toBeGreaterThanOrEqual(5000);
  await rm(home, { recursive: true, force: true });
});
