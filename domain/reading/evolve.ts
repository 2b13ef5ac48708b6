import type { ReadingEvent } from './events.ts';

/** The newest message read, by its place in the log; null: nothing read yet. Only ever moves forward. */
export type Marker = { readonly position: bigint } | null;

export const initialMarker: Marker = null;

/** Each event is ahead of all before it, so the stream's last event alone tells the marker. Ignores what it does not know. */
export function evolveMarker(marker: Marker, event: ReadingEvent): Marker {
  if (event.type !== 'MessagesRead') return marker;
  const { messagePosition } = event.data;
  if (!DECIMAL_INTEGER.test(messagePosition)) return marker;
  const position = BigInt(messagePosition);
  return marker && marker.position >= position ? marker : { position };
}

const DECIMAL_INTEGER = /^\d+$/;
