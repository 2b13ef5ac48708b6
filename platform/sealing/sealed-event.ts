import type { DomainEvent } from '../../domain/domain-event.ts';
import { EventStoreUnavailable, type NewEvent, type RecordedEvent } from '../event-store/event-store.ts';
import { eventOf, newestVersionOf } from '../event-store/event-versions.ts';
import type { UserKey } from '../keys/user-keys.ts';
import { blankOf, type Data, partsOf } from './personal-data.ts';
import { seal, unseal } from './seal.ts';

/** As it goes to the log, in the newest version. Of an event that has an owner, whose key this is. */
export function sealEvent<E extends DomainEvent>(
  { id, event, metadata }: NewEvent<E>,
  key: UserKey,
): NewEvent<E> {
  const { rest, personal } = partsOf(event.type, event.data);
  const sealed = key === null ? '' : seal(personal, key, id, event.type);
  return {
    id,
    event: eventOf<E>(event.type, Object.assign(rest, { personal: sealed })),
    metadata: { ...metadata, schemaVersion: String(newestVersionOf(event.type)) },
  };
}

/**
 * As the domain knows it, from the newest version, in which personal fields stand apart: as a text that is sealed, or '' when it was
 * sealed for somebody who was erased already, or plain in an event of before. `key` null: it is destroyed; undefined: there is none.
 */
export function openEvent<E extends DomainEvent>(
  { id, event }: RecordedEvent<E>,
  key: UserKey | undefined,
): E {
  // Field by field: what `...rest` makes is slow to make, and slow to read ever after.
  const data: Record<string, unknown> = {};
  let personal: unknown;
  for (const [field, value] of Object.entries(event.data))
    if (field === 'personal') personal = value;
    else data[field] = value;
  const fields = key === null || personal === '' ? blankOf(event.type, data) : fieldsOf(personal);
  return eventOf<E>(event.type, Object.assign(data, fields));

  function fieldsOf(stored: unknown): Data {
    if (typeof stored === 'object') return { ...stored };
    if (key) return unseal(String(stored), key, id, event.type);
    // Blank for now would be blank for ever in what follows from the log.
    throw new EventStoreUnavailable('the key of a user is missing: restore the schema `keys`');
  }
}
