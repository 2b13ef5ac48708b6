import type { Notification } from '../../client/index.ts';

/** How an invitation or a tournament that was listed has ended. */
export interface EndedItem {
  readonly item: Notification;
  readonly status: EndedStatus;
}

export type EndedStatus = 'closed' | 'accepted' | 'declined' | 'cancelled' | 'expired';

export type ShownItem = EndedItem | { readonly item: Notification; readonly status: null };

/** Those that are listed, and where they stood the ones that have ended while somebody looks. Newest first. */
export function withEnded(
  items: readonly Notification[],
  ended: ReadonlyMap<string, EndedItem>,
): readonly ShownItem[] {
  const shown: ShownItem[] = items.filter(({ id }) => !ended.has(id)).map((item) => ({ item, status: null }));
  for (const one of ended.values()) {
    const at = shown.findIndex(({ item }) => item.data.date < one.item.data.date);
    shown.splice(at < 0 ? shown.length : at, 0, one);
  }
  return shown;
}
