import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { Gauge } from 'prom-client';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createMetrics, type OpsServer, startOpsServer } from '../../platform/service/ops-server.ts';
import { describeWithChromium, openChromium } from '../support/chromium.ts';

describeWithChromium('the page at a glance', () => {
  let browser: Browser;
  let server: OpsServer;
  let trouble: string | null = null;
  beforeAll(async () => {
    const opened = await openChromium();
    if (!opened) throw new Error('no Chromium');
    browser = opened;
  });
  afterEach(() => server.stop());
  afterAll(() => browser.close());

  async function open(colorScheme: 'light' | 'dark') {
    const metrics = createMetrics();
    new Gauge({ name: 'rally_websocket_open_sockets', help: 'tried', registers: [metrics] }).set(1234);
    const part = { name: 'gateway <b>', notReady: async () => trouble, stop: async () => {} };
    server = await startOpsServer({
      name: 'tried',
      host: '127.0.0.1',
      port: 0,
      metrics,
      phase: () => null,
      services: () => [part],
      processes: () => [],
    });
    const page = await (await browser.newContext({ colorScheme })).newPage();
    const broken: string[] = [];
    page.on('console', (message) => message.type() === 'error' && broken.push(message.text()));
    page.on('pageerror', (error) => broken.push(error.message));
    await page.goto(`${server.address}/`);
    return { page, broken };
  }

  it.each(['light', 'dark'] as const)('can be read by everybody, in %s', async (colorScheme) => {
    trouble = 'the read models are <missing>';
    const { page, broken } = await open(colorScheme);
    expect(await page.title()).toBe('tried · Rally');
    expect(await page.getByText('gateway <b>: the read models are <missing>').count()).toBe(1);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
    expect(broken).toEqual([]);
  });

  it('shows figures of the process, and keeps itself up to date', async () => {
    trouble = null;
    const { page, broken } = await open('light');
    expect(await page.getByText('1,234').count()).toBe(1);
    expect(await page.locator('.ready').count()).toBe(1);
    trouble = 'the database is away';
    await expect.poll(() => page.getByText('the database is away').count()).toBe(1);
    expect(broken).toEqual([]);
  });
});
