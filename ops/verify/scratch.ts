import pg from 'pg';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { waitForLeadership } from '../../projection-service/leadership.ts';
import { projectBatch } from '../../projection-service/project-carefully.ts';
import { type RebuildProgress, rebuild } from '../../projection-service/rebuild.ts';
import { migrateReadModels } from '../../read-models/migrate.ts';
import { PROJECTED_STREAMS, ROOMS } from '../../read-models/registry.ts';

/** One name for all: what a run has left that was killed is dropped by the next. */
export const SCRATCH = 'verify_scratch';

export interface ScratchOptions {
  readonly store: EventStore;
  readonly pool: pg.Pool;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RebuildProgress) => void;
}

/** A stretch of the log that was written at once: after the one position, up to the other. */
export interface Stretch {
  readonly after: bigint;
  readonly upTo: bigint;
}

/**
 * Read models beside those in use that are filled from the log to be compared, and then dropped. Of each row they know in
 * which stretch of the log it was written last; of rows that are gone, in which they were removed.
 */
export class Scratch {
  readonly #options: ScratchOptions;
  #position = -1n;
  #events = 0;

  constructor(options: ScratchOptions) {
    this.#options = options;
  }

  /** Events that it was filled with. */
  get events(): number {
    return this.#events;
  }

  /** Empty, whatever was there. */
  async create(): Promise<void> {
    const { pool } = this.#options;
    await this.drop();
    await migrateReadModels(pool, SCRATCH);
    await pool.query(KEEP_TRACK);
    this.#position = -1n;
    this.#events = 0;
  }

  async drop(): Promise<void> {
    await this.#options.pool.query(`drop schema if exists ${SCRATCH} cascade`);
  }

  /** At full speed; but for the events at these positions. Rejects as `rebuild` does. */
  async fill(upTo: bigint, passOver: ReadonlySet<bigint>): Promise<void> {
    if (upTo <= this.#position) return;
    const { onProgress } = this.#options;
    const before = this.#events;
    const { events, position } = await rebuild({
      ...this.#options,
      schema: SCRATCH,
      upTo,
      passOver,
      onProgress: (progress) => onProgress({ ...progress, events: before + progress.events }),
    });
    this.#position = position;
    this.#events = before + events;
  }

  /** One event at a time: from now on each row tells which of these has written it. */
  async step(upTo: bigint, passOver: ReadonlySet<bigint>): Promise<void> {
    if (upTo <= this.#position) return;
    const { pool, store, signal, onProgress } = this.#options;
    const leadership = await waitForLeadership(pool, SCRATCH, { signal });
    if (!leadership) throw signal.reason;
    const over = new AbortController();
    const batches = store.subscribe({
      after: this.#position,
      prefixes: PROJECTED_STREAMS,
      batchSize: STEPS_AT_ONCE,
      signal: AbortSignal.any([signal, leadership.lost, over.signal]),
    });
    try {
      for await (const { events, position } of batches) {
        for (const event of events) {
          if (event.position > upTo || passOver.has(event.position)) continue;
          await projectBatch(leadership, { events: [event], position: event.position, caughtUp: false });
          this.#events += 1;
        }
        onProgress({ events: this.#events, position: leadership.position });
        if (position >= upTo) break;
      }
      signal.throwIfAborted();
      this.#position = upTo;
    } finally {
      over.abort();
      await leadership.release();
    }
  }

  /** Where the row with this key was written last; null: there is none. */
  async writtenIn(table: string, key: object): Promise<Stretch | null> {
    const condition = Object.keys(key).map((column) => {
      const name = pg.escapeIdentifier(column);
      return `r.${name} is not distinct from k.${name}`;
    });
    return this.#stretch(
      `select b.after, b.up_to from ${SCRATCH}.${table} r
       join jsonb_populate_record(null::${SCRATCH}.${table}, $1::jsonb) k on ${condition.join(' and ')}
       join ${SCRATCH}.verified_writes b on b.xid = r.xmin::text`,
      [key],
    );
  }

  /** Where the row with this key was removed last; null: it was never there between two writes. */
  removedIn(table: string, key: object): Promise<Stretch | null> {
    return this.#stretch(
      `select b.after, b.up_to from ${SCRATCH}.verified_removals d
       join ${SCRATCH}.verified_writes b using (xid)
       where d.of_table = $1 and d.removed @> $2::jsonb order by b.up_to desc limit 1`,
      [table, key],
    );
  }

  async #stretch(text: string, values: unknown[]): Promise<Stretch | null> {
    const { rows } = await this.#options.pool.query<{ after: bigint; up_to: bigint }>(text, values);
    return rows[0] ? { after: rows[0].after, upTo: rows[0].up_to } : null;
  }
}

const STEPS_AT_ONCE = 200;

/** A row's `xmin` is the transaction that has written it, and a transaction writes one batch. */
const KEEP_TRACK = `
create unlogged table ${SCRATCH}.verified_writes (xid text primary key, after bigint not null, up_to bigint not null);
create unlogged table ${SCRATCH}.verified_removals (xid text not null, of_table text not null, removed jsonb not null);
create function ${SCRATCH}.note_write() returns trigger language plpgsql as $$ begin
  insert into ${SCRATCH}.verified_writes values (pg_current_xact_id()::xid::text, old.position, new.position);
  return null;
end $$;
create function ${SCRATCH}.note_removal() returns trigger language plpgsql as $$ begin
  insert into ${SCRATCH}.verified_removals values (pg_current_xact_id()::xid::text, tg_table_name, to_jsonb(old));
  return null;
end $$;
create trigger verified after update on ${SCRATCH}.checkpoints for each row
  when (old.position is distinct from new.position) execute function ${SCRATCH}.note_write();
${ROOMS.flatMap(({ tables }) => tables)
  .map(
    (table) =>
      `create trigger verified after delete on ${SCRATCH}.${table} for each row execute function ${SCRATCH}.note_removal();`,
  )
  .join('\n')}
`;
