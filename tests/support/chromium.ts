import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';

const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => spawnSync('which', [name]).stdout.toString().trim())
  .find((path) => path !== '');

/** `describe`, where there is a Chromium; elsewhere its tests are skipped, and its name says why. */
export function describeWithChromium(name: string, suite: () => void): void {
  if (executablePath !== undefined) describe(name, suite);
  else describe.skip(`${name}: needs a chromium on the PATH (Debian: apt-get install chromium)`, suite);
}

/** null: there is none here. */
export async function openChromium(): Promise<Browser | null> {
  if (executablePath === undefined) return null;
  // Root has no sandbox; containers have little shared memory.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
