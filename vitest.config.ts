import { defineConfig } from 'vitest/config';
import { CountReporter } from './tests/support/count-reporter.ts';
import { PATIENCE_MS } from './tests/support/patience.ts';

const patient = {
  expect: { poll: { timeout: PATIENCE_MS, interval: 10 } },
  // Longer than what a test waits for, so that the wait says what is missing; they end what hangs without one.
  testTimeout: 5 * PATIENCE_MS,
  hookTimeout: 5 * PATIENCE_MS,
};

/** These compare what they measure at one time and at another: no other test may run beside them. */
const MEASURING = ['tests/bystanders/**/*.test.ts', 'tests/fault/overload.fault.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    reporters: ['default', new CountReporter()],
    projects: [
      {
        test: {
          ...patient,
          name: 'together',
          include: ['tests/**/*.test.ts'],
          exclude: MEASURING,
          maxWorkers: 2,
        },
      },
      { test: { ...patient, name: 'alone', include: MEASURING, sequence: { groupOrder: 1 }, maxWorkers: 1 } },
    ],
  },
});
