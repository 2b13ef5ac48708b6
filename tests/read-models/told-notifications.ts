import { type EventFrame, eventFrame } from '../../protocol/server-frames.ts';
import type { ReadSide } from '../projection-service/read-side.ts';
import { Story } from '../projection-service/story.ts';

/** All of them have added Ann; `added` is where. */
export function friendsOfAnn(...names: string[]) {
  const story = new Story().signsUp('Ann', ...names);
  return { story, added: names.map((name) => story.befriends(name, 'Ann').position) };
}

/** What this user was told, about notifications if nothing else is asked for, as it stands in the feed. */
export async function framesOf(
  side: ReadSide,
  user: string,
  actions = OF_NOTIFICATIONS,
): Promise<EventFrame[]> {
  const rows = await side.rows(
    `select text from feed where audience = '${user}' or (audience = '*' and '${user}' <> all(except_keys))
      order by position, ordinal`,
  );
  return rows
    .map(({ text }) => eventFrame.parse(JSON.parse(String(text))))
    .filter(({ action }) => actions.has(action))
    .map(({ cursor: _, ...frame }) => frame);
}

const OF_NOTIFICATIONS: ReadonlySet<EventFrame['action']> = new Set([
  'new_friend',
  'new_tournament',
  'game_invite',
  'notification_updated',
]);

export async function updatesOf(side: ReadSide, user: string) {
  const frames = await framesOf(side, user);
  return frames.flatMap((frame) => (frame.action === 'notification_updated' ? [frame.data] : []));
}

export async function inboxOf(side: ReadSide, user: string) {
  const [inbox] = await side.rows(`select * from inboxes where user_key = '${user}'`);
  return inbox;
}
