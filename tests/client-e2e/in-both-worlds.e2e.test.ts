import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { describeWithChromium, openChromium } from '../support/chromium.ts';
import { runInChromium, servePage } from './chromium.ts';
import { NodeWorld } from './node-world.ts';
import { STEPS } from './steps.ts';
import { Surroundings } from './surroundings.ts';

describe('the client, on a faulty way to a Rally', () => {
  let surroundings: Surroundings;
  let browser: Browser | null;
  beforeAll(async () => {
    surroundings = await Surroundings.open();
    browser = await openChromium();
    if (browser) await servePage(surroundings);
  });
  beforeEach(() => surroundings.proxy.reset());
  afterAll(async () => {
    await browser?.close();
    await surroundings?.close();
  });

  describe('in Node', () => {
    it.each([...STEPS])('%s', async (_name, step) => {
      const world = new NodeWorld(surroundings.origin, surroundings.outside);
      try {
        await step(world);
      } finally {
        world.close();
      }
    });
  });

  describeWithChromium('in Chromium', () => {
    it.each([...STEPS.keys()])('%s', (name) => runInChromium(browser, surroundings, name));
  });
});
