import { defineConfig } from 'vitest/config';
import { CountReporter } from './tests/support/count-reporter.ts';
import { PATIENCE_MS } from './tests/support/patience.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    reporters: ['default', new CountReporter()],
    expect: { poll: { timeout: PATIENCE_MS, interval: 10 } },
    // Longer than what a test waits for, so that the wait says what is missing; they end what hangs without one.
    testTimeout: 5 * PATIENCE_MS,
    hookTimeout: 5 * PATIENCE_MS,
    maxWorkers: 2,
  },
});
