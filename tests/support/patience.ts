import { vi } from 'vitest';

/**
 * How long a test waits for what has to come, in milliseconds. Machines differ, and have much else to do: this is far
 * beyond what the slowest needs, and what is not there by then will not come. A test that passes never waits for so long.
 */
export const PATIENCE_MS = 60_000;

/** Looks again and again until `look` throws no more; then resolves with what it returned. */
export const eventually = <T>(look: () => T | Promise<T>, interval = 10): Promise<T> =>
  vi.waitFor(look, { timeout: PATIENCE_MS, interval });

/** Looks again and again until `holds` is true. `timeout` is for what depends on more than the machine. */
export const until = (
  holds: () => boolean | Promise<boolean>,
  interval = 10,
  timeout = PATIENCE_MS,
): Promise<boolean> => vi.waitUntil(holds, { timeout, interval });
