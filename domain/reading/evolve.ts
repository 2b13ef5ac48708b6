import type { ReadingEvent } from './events.ts';

/** The newest message read, by its place in the log; null: nothing read yet. Only ever moves forward. */
export type Marker = { readonly position: bigint } | null;

export const initialMarker: Marker = null;

export function evolveMarker(marker: Marker, event: ReadingEvent): Marker {
  const position = BigInt(event.data.messagePosition);
  return marker && marker.position >= position ? marker : { position };
}
