import type { StreamCategory } from '../../domain/domain-event.ts';

/** By category: of each of its streams so many of the last events are kept, at least 1. Categories that are not named keep all. */
export type Retention = Readonly<Record<string, number>>;

/**
 * Of a user's presence the last event tells all; a few more are kept by which a repeated command is known again
 * (`LAST_EVENTS` of the command service).
 */
export const RETENTION = { presence: 20 } as const satisfies {
  readonly [Category in StreamCategory]?: number;
};

/** How many of this stream's events are kept; null: all. A category ends at the first dash. */
export function keptOf(stream: string, retention: Retention = RETENTION): number | null {
  const category = stream.slice(0, stream.indexOf('-'));
  return Object.hasOwn(retention, category) ? (retention[category] ?? null) : null;
}
