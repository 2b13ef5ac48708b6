import type { DomainEvent } from '../../domain/domain-event.ts';
import {
  type EventStore,
  EventStoreUnavailable,
  type LogBatch,
  type NewEvent,
  type RecordedEvent,
} from '../event-store/event-store.ts';
import type { Keys } from '../keys/open-keys.ts';
import type { UserKey } from '../keys/user-keys.ts';
import { isUnavailable } from '../postgres/is-unavailable.ts';
import { ownerOf } from './personal-data.ts';
import { openEvent, sealEvent } from './sealed-event.ts';

/** Those of an event or a batch, by the owner. */
type OwnerKeys = ReadonlyMap<string, UserKey | undefined>;

/**
 * The same store, whose log holds the words of each person sealed with a key of that person's, which is not in the log. Whoever writes
 * and reads sees them as they are; of somebody whose key is destroyed, what `blankOf` says.
 *
 * Wants events in their newest version (`inNewestVersions`). Where the keys cannot be looked up, what needs one that is not remembered rejects
 * with `EventStoreUnavailable`; a subscription waits by ending its batch so, as an adapter does that is away.
 */
export function sealedEventStore(store: EventStore, keys: Keys): EventStore {
  /** What was appended here and comes back as the same object need not be opened. */
  const plainOf = new WeakMap<DomainEvent, DomainEvent>();

  function sealed<E extends DomainEvent>(added: NewEvent<E>, key: UserKey): NewEvent<E> {
    const stored = sealEvent(added, key);
    plainOf.set(stored.event, added.event);
    return stored;
  }

  async function openAll<E extends DomainEvent>(
    events: readonly RecordedEvent<E>[],
  ): Promise<RecordedEvent<E>[]> {
    /** By the place of what is sealed and has to be opened. */
    const owners = events.map(({ event }) => (plainOf.has(event) ? null : ownerOf(event)));
    const ownerKeys = await keysOf(new Set(owners), (owner) => keys.forOpening(owner));
    return events.map((recorded, index) => {
      const { position, stream, revision, id, event, metadata } = recorded;
      const owner = owners[index] ?? null;
      const plain = owner === null ? plainOf.get(event) : openEvent(recorded, ownerKeys.get(owner));
      return plain ? { position, stream, revision, id, event: plain as E, metadata } : recorded;
    });
  }

  /** Those that are null have none. */
  async function keysOf(
    owners: Iterable<string | null>,
    look: (owner: string) => Promise<UserKey | undefined>,
  ): Promise<OwnerKeys> {
    const found = new Map<string, UserKey | undefined>();
    const missing: string[] = [];
    for (const owner of owners) {
      if (owner === null) continue;
      const key = keys.remembered(owner);
      if (key === undefined) missing.push(owner);
      else found.set(owner, key);
    }
    if (missing.length === 0) return found;
    try {
      await Promise.all(missing.map(async (owner) => found.set(owner, await look(owner))));
    } catch (error) {
      throw isUnavailable(error)
        ? new EventStoreUnavailable('the keys of users cannot be looked up', { cause: error })
        : error;
    }
    return found;
  }

  async function* openedBatches(batches: AsyncIterable<LogBatch>): AsyncGenerator<LogBatch, void, undefined> {
    for await (const batch of batches) yield { ...batch, events: await openAll(batch.events) };
  }

  return {
    async append(stream, expectedRevision, events, condition, deadline) {
      const owners = events.map(({ event }) => ownerOf(event));
      if (owners.every((owner) => owner === null))
        return store.append(stream, expectedRevision, events, condition, deadline);
      const ownerKeys = await keysOf(new Set(owners), (owner) => keys.forSealing(owner));
      const stored = events.map((added, index) => {
        const owner = owners[index] ?? null;
        return owner === null ? added : sealed(added, ownerKeys.get(owner) ?? null);
      });
      return store.append(stream, expectedRevision, stored, condition, deadline);
    },
    commitWait: () => store.commitWait(),
    async readStream(stream, options) {
      return openAll(await store.readStream(stream, options));
    },
    async readAt(position, options) {
      const found = await store.readAt(position, options);
      const [event] = found ? await openAll([found]) : [];
      return event ?? null;
    },
    subscribe: (options) => openedBatches(store.subscribe(options)),
    end: () => store.end(),
    identity: () => store.identity(),
    renewIdentity: () => store.renewIdentity(),
    close: () => store.close(),
  };
}
