import type { RecordedEvent } from '../../platform/event-store/event-store.ts';
import { parseCursor } from '../../protocol/cursor.ts';
import { userKey } from '../../read-models/user-key.ts';
import type { Tab } from '../support/tab.ts';

const ACTIONS = [
  'game_invite',
  'game_accepted',
  'game_declined',
  'game_invite_canceled',
  'game_finished',
] as const;

/** Who is told of an event of duels, by keys, and by which frame. */
function toldOf({
  event,
}: RecordedEvent): { action: (typeof ACTIONS)[number]; keys: readonly string[] } | null {
  switch (event.type) {
    case 'InviteSent':
      return { action: 'game_invite', keys: [userKey(event.data.invitee)] };
    case 'InviteAccepted':
      return { action: 'game_accepted', keys: bothOf(event) };
    case 'InviteDeclined':
      return { action: 'game_declined', keys: bothOf(event) };
    case 'InviteCancelled':
    case 'InviteExpired':
      return { action: 'game_invite_canceled', keys: bothOf(event) };
    case 'GameFinished':
      return { action: 'game_finished', keys: [userKey(event.data.player)] };
    default:
      return null;
  }
}

const bothOf = ({ data }: { readonly data: { readonly inviter: string; readonly invitee: string } }) =>
  [data.inviter, data.invitee].map(userKey);

/** What each tab of this user has to be told, once: `<position> <action>`, in order. */
export const expectedOf = (username: string, log: readonly RecordedEvent[]): string[] =>
  log.flatMap((recorded) => {
    const told = toldOf(recorded);
    return told?.keys.includes(userKey(username)) ? `${recorded.position} ${told.action}` : [];
  });

/** What it was told, in the same form, in the order in which it came. */
export const toldTo = (tab: Tab): string[] =>
  tab.frames.flatMap(({ action, cursor }) => {
    const place = cursor === undefined ? null : parseCursor(cursor);
    return place && ACTIONS.some((each) => each === action) ? `${place.position} ${action}` : [];
  });

/** How often it was told why something was refused. */
export const reasonsTo = (tab: Tab): number =>
  tab.of('game_invite_canceled').filter(({ cursor }) => cursor === undefined).length;
