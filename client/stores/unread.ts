import type { EventFrame } from '../wire.ts';
import { derived } from './derived.ts';
import type { Keeper } from './keeper.ts';
import { Kept } from './kept.ts';

interface Known {
  readonly id: string;
  readonly date: string;
  readonly isRead: boolean;
}

/** Unread notifications, counted by knowing them. */
export interface Unread {
  /** Those that were unread once: what was marked with all others by its date can be taken back by itself. */
  readonly known: readonly Known[];
  /** How many unread ones there are beside them. */
  readonly others: number;
}

const LIMIT = 50;

export const unreadCountOf = (unread: Unread | null): number | null =>
  unread && unread.known.filter(({ isRead }) => !isRead).length + unread.others;

export const keepUnread = (keeper: Keeper): Kept<Unread> =>
  new Kept<Unread>(keeper, {
    load: async () => {
      const { body, position } = await keeper.parts.api.notifications('unread', { limit: LIMIT });
      const known = body.items.map(({ id, data: { date } }) => ({ id, date, isRead: false }));
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
      return { known: [{ id, date, isRead: false }, ...known], others };
    }
    case 'notification_updated': {
      const { id, is_read, status, date: upTo = '' } = frame.data;
      const isMeant = ({ id: its, date }: Known) => (id === null ? date <= upTo : its === id);
      // It may be about some that are only counted.
      if (id === null ? others > 0 : !known.some(isMeant) && (others > 0 || is_read === false))
        return undefined;
      // It has ended, and is not listed any more.
      if (status !== undefined) return { known: known.filter((each) => !isMeant(each)), others };
      const isRead = is_read === true;
      return { known: known.map((each) => (isMeant(each) ? { ...each, isRead } : each)), others };
    }
    default:
      return unread;
  }
}
