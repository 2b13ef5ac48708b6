import { createHash } from 'node:crypto';
import type { RecordedEvent } from './event-store.ts';

/** All that there is to say of which event is meant. */
type Referred = Pick<RecordedEvent, 'position' | 'id'>;

/** A reference has so many bits for the place; a log that fills up one such place a nanosecond lasts 36 years. */
const PLACE_BITS = 60n;

/**
 * A UUID (version 8, in lower case) that names an event of the log, for whoever may not know event ids: they are those of commands. The
 * first 60 bits that are free are its place, by which it is found again; the other 62 a hash of its id, so that neither another log nor
 * a guess names one. The same event has the same reference forever, and another one for each thing that it stands for: `to`, where that is
 * not the event itself. Throws a `RangeError` on a place of more than 60 bits.
 */
export function referenceTo({ position, id }: Referred, to = ''): string {
  if (position < 0n || position >> PLACE_BITS > 0n) throw new RangeError('no place for a reference');
  const place = position.toString(16).padStart(15, '0');
  const hash = createHash('sha256')
    .update(id.toLowerCase() + to)
    .digest();
  // The variant, in the two bits before the hash.
  hash[0] = (hash.readUInt8(0) & 0x3f) | 0x80;
  const rest = hash.toString('hex', 0, 8);
  return `${place.slice(0, 8)}-${place.slice(8, 12)}-8${place.slice(12)}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}

const REFERENCE = /^([0-9a-f]{8})-([0-9a-f]{4})-8([0-9a-f]{3})-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Where the event stands that is meant, if there is one; null: no reference looks like that. */
export function placeOf(reference: string): bigint | null {
  const [, ...digits] = REFERENCE.exec(reference) ?? [];
  return digits.length > 0 ? BigInt(`0x${digits.join('')}`) : null;
}

/** Whether this is the event that is meant: at the place that a made-up reference names stands, if any, another. */
export const isReferredTo = (event: Referred, reference: string, to?: string): boolean =>
  placeOf(reference) === event.position && referenceTo(event, to) === reference.toLowerCase();
