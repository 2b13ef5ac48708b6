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
const MEASURING = ['tests/bystanders/**/*.test.ts'];
/** Nor beside these. But what they measure are stores that are slow on purpose: they leave the machine to one another. */
const OVERLOAD = ['tests/fault/overload*.fault.test.ts'];

/** Tests wait more than they work, so a third file finds room on two cores. */
const together = { ...patient, maxWorkers: 3, sequence: { groupOrder: 0 } };

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    reporters: ['default', new CountReporter()],
    // Those of one group are begun in the order of their names: what takes longest first, and what fills the gaps last.
    projects: [
      {
        test: {
          ...together,
          name: 'processes',
          include: ['tests/**/*.{e2e,fault}.test.ts'],
          exclude: [...MEASURING, ...OVERLOAD],
        },
      },
      { test: { ...together, name: 'services', include: ['tests/**/*.int.test.ts'] } },
      {
        test: {
          ...together,
          name: 'units',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/**/*.{e2e,fault,int}.test.ts'],
        },
      },
      {
        test: {
          ...patient,
          name: 'overload',
          include: OVERLOAD,
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
        },
      },
      { test: { ...patient, name: 'alone', include: MEASURING, sequence: { groupOrder: 2 }, maxWorkers: 1 } },
    ],
  },
});
