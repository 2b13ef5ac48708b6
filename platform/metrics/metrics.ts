import { collectDefaultMetrics, Registry } from 'prom-client';

/** One registry per process, with what Node itself tells; each part adds its own to it. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
