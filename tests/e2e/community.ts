import { expect } from 'vitest';
import type { z } from 'zod';
import { notification, page, self, tournament } from '../../protocol/http-resources.ts';
import type { User } from '../support/api-client.ts';
import type { Tab } from '../support/tab.ts';

/** One has the other for a friend. */
export async function befriend(user: User, other: User): Promise<void> {
  const { status } = await user.post(`/users/${user.username}/friends`, { username: other.username });
  expect(status).toBe(201);
}

export async function block(user: User, other: User): Promise<void> {
  const { status } = await user.post(`/users/${user.username}/blocked_users`, { username: other.username });
  expect(status).toBe(201);
}

export async function announce(user: User, name: string): Promise<z.infer<typeof tournament>> {
  const { body } = await user.post('/tournaments', { name, required_participants: 4, alias: 'Ace' });
  return tournament.parse(body);
}

export const listOf = async (user: User, query = '') =>
  page(notification).parse((await user.get(`/notifications${query}`)).body);

export const unreadOf = async (user: User): Promise<number> =>
  self.parse((await user.get('/self')).body).unread_notifications_count;

export const updatesIn = (tab: Tab) => tab.of('notification_updated').map(({ data }) => data);
