import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import type { BrowserDeeds } from './node-world.ts';
import type { Surroundings } from './surroundings.ts';

/** The page in which steps run, bundled, where the proxy serves it. */
export async function servePage({ proxy }: Surroundings): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  });
  const text = outputFiles[0]?.text ?? '';
  proxy.pages.set('/suite.js', { type: 'text/javascript', text });
  proxy.pages.set('/suite', {
    type: 'text/html',
    text: '<!doctype html><title>Suite</title><body><script type="module" src="/suite.js"></script></body>',
  });
}

/** Runs the step in a new browser profile. Rejects when it fails, or when the page reports an error. */
export async function runInChromium(
  browser: Browser | null,
  { origin, outside }: Surroundings,
  step: string,
): Promise<void> {
  if (!browser) throw new Error('there is no Chromium');
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    const devtools = await context.newCDPSession(page);
    const setLifecycle = (state: 'frozen' | 'active') =>
      devtools.send('Page.setWebLifecycleState', { state });
    const deeds: BrowserDeeds = {
      network: (isThere) => context.setOffline(!isThere),
      async whileFrozen(meanwhile) {
        await setLifecycle('frozen');
        await meanwhile();
        await setLifecycle('active');
      },
    };
    await context.exposeFunction('outside', (deed: Parameters<typeof outside>[1]) => outside(deeds, deed));
    await page.goto(`${origin}/suite`);
    await page.evaluate((name) => window.runStep(name), step);
    if (errors[0]) throw errors[0];
  } finally {
    await context.close();
  }
}
