import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../domain/domain-event.ts';
import { type EventStore, EventStoreUnavailable, NO_STREAM } from '../../platform/event-store/event-store.ts';
import { inNewestVersions } from '../../platform/event-store/newest-versions.ts';
import { streamOf } from '../../platform/event-store/stream-name.ts';
import { type Keys, openKeys } from '../../platform/keys/open-keys.ts';
import { createPostgresPool } from '../../platform/postgres/postgres-pool.ts';
import { sealedEventStore } from '../../platform/sealing/sealed-event-store.ts';
import { metadata } from '../event-store/events.ts';
import { type OperatedStore, STORES } from '../ops/both-stores.ts';
import { silent } from '../projection-service/read-side.ts';

const FORWARDS = { direction: 'forwards', limit: 9 } as const;
const date = '2026-01-01T00:00:00.000Z';

const said = (sender: string, content: string, messageId: string): DomainEvent => ({
  type: 'MessageSent',
  data: { messageId, chatId: randomUUID(), sender, recipient: 'Bob', content, timestamp: 'T-then', date },
});

describe.each(STORES)('what people say, the log in %s', (_, open) => {
  let operated: OperatedStore;
  beforeAll(async () => {
    operated = await open();
  });
  afterAll(() => operated.close());

  /** As another process has it: nothing is remembered. */
  const process = (keys: Keys = openKeys(operated.pool)): EventStore =>
    sealedEventStore(inNewestVersions(operated.store), keys);

  async function append(store: EventStore, event: DomainEvent, id: string = randomUUID()): Promise<string> {
    const stream = streamOf('message', randomUUID());
    const { outcome } = await store.append(stream, NO_STREAM, [{ id, event, metadata: metadata() } as never]);
    expect(outcome).toBe('appended');
    return stream;
  }

  it('is not in the log, and is read as it was said', async () => {
    const event = said('Ann', 'under the rose', randomUUID());
    const stream = await append(process(), event);
    const [stored] = await operated.store.readStream(stream, FORWARDS);
    expect(JSON.stringify(stored?.event)).not.toMatch(/rose|T-then/);
    expect(stored?.metadata.schemaVersion).toBe('3');
    const [read] = await process().readStream(stream, FORWARDS);
    expect(read?.event).toEqual(event);
    expect((await process().readAt(read?.position ?? 0n))?.event).toEqual(event);
  });

  it('is still read where it was written before there were keys', async () => {
    const event = said('Ann', 'long ago', randomUUID());
    const stream = await append(operated.store, event);
    expect((await process().readStream(stream, FORWARDS))[0]?.event).toEqual(event);
  });

  it('is sealed with one key, whoever makes it first', async () => {
    const name = `Eve.${randomUUID()}`;
    const stores = Array.from({ length: 8 }, () => process());
    const streams = await Promise.all(
      stores.map((store) => append(store, said(name, 'at once', randomUUID()))),
    );
    for (const stream of streams)
      expect((await process().readStream(stream, FORWARDS))[0]?.event.data).toMatchObject({
        content: 'at once',
      });
  });

  it('is gone with the key, also what was said in versions before, and of others nothing is', async () => {
    const name = `Eve.${randomUUID()}`;
    const before = await append(operated.store, said(name, 'long ago', randomUUID()));
    const sealed = await append(process(), said(name, 'not long ago', randomUUID()));
    const others = await append(process(), said('Ann', 'mine', randomUUID()));
    const keys = openKeys(operated.pool);
    await keys.destroy(name.toLowerCase());
    await keys.destroy(name.toLowerCase());
    const later = await append(process(), said(name, 'in flight', randomUUID()));
    for (const stream of [before, sealed, later])
      expect((await process().readStream(stream, FORWARDS))[0]?.event.data).toMatchObject({
        sender: name,
        content: '',
        timestamp: '',
      });
    const [stored] = await operated.store.readStream(later, FORWARDS);
    expect(JSON.stringify(stored?.event)).not.toContain('flight');
    expect((await process().readStream(others, FORWARDS))[0]?.event.data).toMatchObject({ content: 'mine' });
  });

  it('does not open at another place than that at which it was said', async () => {
    const stream = await append(process(), said('Ann', 'here', randomUUID()));
    const [stored] = await operated.store.readStream(stream, FORWARDS);
    const moved = streamOf('message', randomUUID());
    if (!stored) throw new Error('nothing stored');
    await operated.store.append(moved, NO_STREAM, [{ ...stored, id: randomUUID() } as never]);
    await expect(process().readStream(moved, FORWARDS)).rejects.toThrow();
  });

  it('waits for keys that are not there, rather than to be blank', async () => {
    const name = `Eve.${randomUUID()}`;
    const stream = await append(process(), said(name, 'kept', randomUUID()));
    const { rows } = await operated.pool.query('delete from keys.user_keys where user_key = $1 returning *', [
      name.toLowerCase(),
    ]);
    await expect(process().readStream(stream, FORWARDS)).rejects.toThrow(EventStoreUnavailable);
    const [lost] = rows;
    await operated.pool.query('insert into keys.user_keys values ($1, $2)', [lost.user_key, lost.key]);
    expect((await process().readStream(stream, FORWARDS))[0]?.event.data).toMatchObject({ content: 'kept' });
  });

  it('goes on with remembered keys while the database of the keys is away, and only with these', async () => {
    const pool: pg.Pool = createPostgresPool({
      url: operated.databaseUrl,
      applicationName: 'test',
      max: 1,
      logger: silent,
    });
    let now = 0;
    const store = process(openKeys(pool, () => now));
    await append(store, said('Ann', 'before', randomUUID()));
    await pool.end();
    now += 3_600_000;
    await append(store, said('Ann', 'meanwhile', randomUUID()));
    await expect(append(store, said(`Eve.${randomUUID()}`, 'new', randomUUID()))).rejects.toThrow(
      EventStoreUnavailable,
    );
  });
});
