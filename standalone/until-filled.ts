import type pg from 'pg';
import { pause } from '../platform/pause.ts';
import { isUnavailable } from '../platform/postgres/is-unavailable.ts';
import { schemaInUse } from '../read-models/schema-name.ts';
import { type Filling, readFilling } from '../read-models/snapshot.ts';

const LOOK_EVERY_MS = 50;

export interface FillingOptions {
  readonly pool: pg.Pool;
  /** Ends the waiting: it rejects with the reason. */
  readonly signal: AbortSignal;
  /** Each time that they are looked at and found wanting. */
  readonly onFilling: (filling: Filling) => void;
}

/** Resolves once the read models, whoever fills them, have been at the end of the log. A database that is away may come back. */
export async function untilFilled({ pool, signal, onFilling }: FillingOptions): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const filling = await schemaInUse(pool)
      .then((schema) => readFilling(pool, schema))
      .catch((error) => {
        if (!isUnavailable(error)) throw error;
      });
    if (filling?.filled) return;
    if (filling) onFilling(filling);
    await pause(LOOK_EVERY_MS, signal);
  }
}
