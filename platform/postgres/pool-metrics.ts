import type pg from 'pg';
import { Gauge, type Registry } from 'prom-client';

/** Of each registry the pools that it tells of, with their names. */
const observed = new WeakMap<Registry, Map<pg.Pool, string>>();

/** Has a pool told of by the registry, until it ends; `name` says what it is for. Those of one name are told of together. */
export function observePool(registry: Registry, pool: pg.Pool, name: string): void {
  const pools = observed.get(registry) ?? observePools(registry);
  pools.set(pool, name);
}

function observePools(registry: Registry): Map<pg.Pool, string> {
  const pools = new Map<pg.Pool, string>();
  observed.set(registry, pools);
  const gauge = (name: string, help: string, value: (pool: pg.Pool) => number) =>
    new Gauge({
      name: `rally_postgres_pool_${name}`,
      help,
      labelNames: ['pool'] as const,
      registers: [registry],
      collect() {
        this.reset();
        for (const [pool, label] of pools)
          if (pool.ended) pools.delete(pool);
          else this.inc({ pool: label }, value(pool));
      },
    });
  gauge('connections', 'Connections to PostgreSQL that are open.', (pool) => pool.totalCount);
  gauge('idle_connections', 'Open connections on which no query runs.', (pool) => pool.idleCount);
  gauge('waiting', 'Queries that wait for a connection.', (pool) => pool.waitingCount);
  gauge('connections_limit', 'Connections that the pool may open.', (pool) => pool.options.max);
  return pools;
}
