import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../client/index.ts';
import { type EndedItem, withEnded } from '../../../web/notifications/ended-items.ts';

const friend = (id: string, minute: number): Notification => ({
  id,
  action: 'new_friend',
  data: {
    username: id,
    nickname: id,
    avatar: '',
    date: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  },
  is_read: false,
});

const shown = (items: readonly Notification[], ...ended: EndedItem[]) =>
  withEnded(items, new Map(ended.map((one) => [one.item.id, one]))).map(
    ({ item, status }) => `${item.id}${status === null ? '' : ` ${status}`}`,
  );

describe('what has ended while somebody looks', () => {
  const [c, b, a] = [friend('c', 3), friend('b', 2), friend('a', 1)];

  it('stays where it stood: first, between others, or last', () => {
    expect(shown([b, a], { item: c, status: 'declined' })).toEqual(['c declined', 'b', 'a']);
    expect(shown([c, a], { item: b, status: 'expired' })).toEqual(['c', 'b expired', 'a']);
    expect(shown([c, b], { item: a, status: 'closed' })).toEqual(['c', 'b', 'a closed']);
    expect(shown([], { item: c, status: 'accepted' })).toEqual(['c accepted']);
  });

  it('is there once while the list still has it', () => {
    expect(shown([c, b], { item: b, status: 'cancelled' })).toEqual(['c', 'b cancelled']);
  });
});
