import type { EventFrame } from '../wire.ts';
import { derived } from './derived.ts';
import type { Keeper } from './keeper.ts';
import { Kept } from './kept.ts';

/** Unread notifications, counted by knowing them. */
export interface Unread {
  readonly known: readonly { readonly id: string; readonly date: string }[];
  /** How many there are beside them. */
  readonly others: number;
}

const LIMIT = 50;

export const unreadCountOf = (unread: Unread | null): number | null =>
  unread && unread.known.length + unread.others;

export const keepUnread = (keeper: Keeper): Kept<Unread> =>
  new Kept<Unread>(keeper, {
    load: async () => {
      const { body, position } = await keeper.parts.api.notifications('unread', { limit: LIMIT });
      const known = body.items.map(({ id, data: { date } }) => ({ id, date }));
      return { body: { known, others: body.count - known.length }, position };
    },
    apply: unreadAfter,
  });

export const unreadCount = (unread: Kept<Unread>) =>
  derived(
    () => [unread],
    () => unreadCountOf(unread.get().value),
  );

function unreadAfter(unread: Unread, frame: EventFrame): Unread | undefined {
  const { known, others } = unread;
  switch (frame.action) {
    case 'new_friend':
    case 'new_tournament':
    case 'game_invite': {
      const { id, date } = frame.data;
      return { known: [{ id, date }, ...known], others };
    }
    case 'notification_updated': {
      const { id, is_read, status, date: upTo } = frame.data;
      if (!is_read && status === undefined) return unread;
      const left = known.filter(({ id: its, date }) => (id === null ? date > (upTo ?? '') : its !== id));
      if (left.length < known.length && id !== null) return { known: left, others };
      // It may be about some that are only counted.
      if (others > 0) return undefined;
      return left.length < known.length ? { known: left, others } : unread;
    }
    default:
      return unread;
  }
}
