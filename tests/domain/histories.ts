import fc from 'fast-check';
import type {
  Acceptance,
  CancelAsGone,
  DuelStep,
  EndInvitation,
  FinishGame,
  Invited,
  ReserveSeat,
  SendInvitation,
} from '../../domain/duel.ts';
import type { Message, MessageCommand, MessageEvent } from '../../domain/message.ts';
import type {
  Cause,
  InboxCommand,
  InboxEvent,
  NotificationCommand,
  NotificationEvent,
} from '../../domain/notification.ts';
import type { InviteSent, PlayerEvent, Sending } from '../../domain/player.ts';
import type { MessageInLog, ReadingCommand, ReadingEvent } from '../../domain/reading.ts';
import type {
  Pair,
  Relationship,
  RelationshipCommand,
  RelationshipEvent,
} from '../../domain/relationship.ts';
import type { Creator, TournamentCommand, TournamentEvent } from '../../domain/tournament.ts';
import type { UserCommand, UserEvent } from '../../domain/user.ts';

/** Any events and commands of an aggregate, sense or no sense: few different values, so that they meet, and wild ones. */
export const wildText = fc.string({ unit: 'binary', maxLength: 300 });
export const oneOf = (...values: string[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: wildText });

export const name = oneOf('Ann', 'ann', 'Bob', 'BOB', 'Cleo');
const chatId = oneOf('chat', 'other chat');
const messageId = oneOf('message', 'other message');
const content = oneOf('hello', 'Hello', ' ', 'x'.repeat(257), '\u0000');
const timestamp = oneOf('10:15');
export const date = fc.constantFrom(
  '2026-01-02T03:04:05.678Z',
  '2026-01-02T23:59:59.999Z',
  '2026-01-03T00:00:00.000Z',
  '2025-01-02T03:04:05.678Z',
);
const position = fc.oneof(fc.bigInt(0n, 10n), fc.bigInt(0n, 2n ** 63n - 1n));
const place = fc.oneof({ weight: 9, arbitrary: position.map(String) }, { weight: 1, arbitrary: wildText });
export const is = <const Value>(value: Value) => fc.constant(value);

const messageOfChat = { messageId, chatId, sender: name, recipient: name, date };
const block = fc.record({ blocker: name, blocked: name, date });
export const issued = { actor: name, date };
const like = { ...issued, messageId, chatId };
const sent = fc.record({ ...messageOfChat, content, timestamp });
const read = fc.record({
  chatId,
  reader: name,
  author: name,
  messageId,
  messagePosition: place,
  date,
});

const profile = fc.record({ username: name, nickname: name, avatar: wildText, date });

export const userEvent: fc.Arbitrary<UserEvent> = fc.oneof(
  fc.record({ type: is('UserRegistered'), data: profile }),
  fc.record({ type: is('ProfileUpdated'), data: profile }),
  fc.record({ type: is('UserErased'), data: fc.record({ username: name, date }) }),
  fc.record({ type: is('ErasureCompleted'), data: fc.record({ username: name, date }) }),
);
export const relationshipEvent: fc.Arbitrary<RelationshipEvent> = fc.oneof(
  fc.record({
    type: is('ChatStarted'),
    data: fc.record({ chatId, participants: fc.tuple(name, name), date }),
  }),
  fc.record({
    type: is('FriendAdded'),
    data: fc.record({ adder: name, friend: name, isNews: fc.boolean(), date }),
  }),
  fc.record({ type: is('FriendRemoved'), data: fc.record({ remover: name, friend: name, date }) }),
  fc.record({ type: is('UserBlocked'), data: block }),
  fc.record({ type: is('UserUnblocked'), data: block }),
);
export const messageEvent: fc.Arbitrary<MessageEvent> = fc.oneof(
  fc.record({ type: is('MessageSent'), data: sent }),
  fc.record({ type: is('MessageLiked'), data: fc.record(messageOfChat) }),
  fc.record({ type: is('MessageUnliked'), data: fc.record(messageOfChat) }),
);
export const readingEvent: fc.Arbitrary<ReadingEvent> = fc.record({ type: is('MessagesRead'), data: read });
export const notificationEvent: fc.Arbitrary<NotificationEvent> = fc.record({
  type: is('NotificationRead'),
  data: fc.record({ notificationId: messageId, causePosition: place, reader: name, date }),
});
export const inboxEvent: fc.Arbitrary<InboxEvent> = fc.record({
  type: is('AllNotificationsRead'),
  data: fc.record({ reader: name, upTo: place, date }),
});
const tournamentId = oneOf('tournament', 'other tournament', 'third tournament');
const announced = {
  tournamentId,
  name: wildText,
  requiredParticipants: fc.constantFrom(4 as const, 8 as const),
  alias: wildText,
  settings: fc.constant({
    score_to_win: 5,
    game_speed: 'medium',
    ranked: false,
    time_limit: 3,
    cool_mode: false,
  } as const),
};
export const tournamentEvent: fc.Arbitrary<TournamentEvent> = fc.oneof(
  fc.record({ type: is('TournamentCreated'), data: fc.record({ ...announced, creator: name, date }) }),
  fc.record({ type: is('TournamentClosed'), data: fc.record({ tournamentId, creator: name, date }) }),
);

export const creator: fc.Arbitrary<Creator> = fc.record({ isInGame: fc.boolean() });

const sending: fc.Arbitrary<Sending> = fc.option(
  fc.record({ since: date, count: fc.constantFrom(0, 1, 9, 10) }),
);
const invitationId = oneOf('invitation', 'other invitation');
const ofInvitation = { invitationId, inviter: name, invitee: name, sending, date };
const gameId = oneOf('game', 'other game');
const clientId = wildText;
const invitation: fc.Arbitrary<InviteSent['data']> = fc.record({
  ...ofInvitation,
  clientId,
  options: announced.settings,
  expiresAt: date,
});
export const playerEvent: fc.Arbitrary<PlayerEvent> = fc.oneof(
  fc.record({ type: is('InviteSent'), data: invitation }),
  fc.record({ type: is('InviteAccepted'), data: fc.record({ ...ofInvitation, gameId, endsAt: date }) }),
  fc.record({ type: is('InviteDeclined'), data: fc.record(ofInvitation) }),
  fc.record({
    type: is('InviteCancelled'),
    data: fc.record({
      ...ofInvitation,
      clientId,
      reason: fc.constantFrom('inviter' as const, 'block' as const, 'gone' as const),
    }),
  }),
  fc.record({ type: is('InviteExpired'), data: fc.record({ ...ofInvitation, clientId }) }),
  fc.record({ type: is('SeatReserved'), data: fc.record({ ...ofInvitation, gameId }) }),
  fc.record({ type: is('SeatReleased'), data: fc.record(ofInvitation) }),
  fc.record({
    type: is('GameFinished'),
    data: fc.record({
      ...ofInvitation,
      gameId,
      player: name,
      reason: fc.constantFrom('reported' as const, 'expired' as const),
    }),
  }),
);

const user: fc.Arbitrary<Pair['other']> = fc.option(fc.record({ username: name }));
export const pair: fc.Arbitrary<Pair> = fc.record({ chatId, other: user });
export const relationship: fc.Arbitrary<Relationship> = fc.record({
  chat: fc.option(fc.record({ chatId, participants: fc.tuple(name, name) })),
  blockers: fc.array(oneOf('ann', 'bob'), { maxLength: 2 }),
  adders: fc.array(oneOf('ann', 'bob'), { maxLength: 2 }),
  begun: fc.dictionary(
    oneOf('ann', 'bob'),
    fc.record({ day: oneOf('2026-01-02'), count: fc.constantFrom(0, 1, 19, 20), isTold: fc.boolean() }),
  ),
});
const message: fc.Arbitrary<NonNullable<Message>> = fc.record({
  messageId,
  chatId,
  sender: name,
  recipient: name,
  content,
  isLiked: fc.boolean(),
});

export const messageInLog: fc.Arbitrary<MessageInLog> = fc.option(fc.record({ message, position }));

export const cause: fc.Arbitrary<Cause | null> = fc.option(
  fc.oneof(
    fc.record({
      type: is('FriendAdded'),
      data: fc.record({ adder: name, friend: name, isNews: fc.boolean(), date }),
      position,
    }),
    fc.record({
      type: is('TournamentCreated'),
      data: fc.record({ ...announced, creator: name, date }),
      position,
      asker: fc.record({ wasSignedUp: fc.boolean(), blockedCreator: fc.boolean() }),
    }),
    fc.record({ type: is('InviteSent'), data: invitation, position }),
  ),
);

export const userCommand: fc.Arbitrary<UserCommand> = fc.oneof(
  fc.record({ type: is('register_user'), ...issued }),
  fc.record(
    { type: is('update_profile'), ...issued, nickname: name, avatar: wildText },
    { requiredKeys: ['type', 'actor', 'date'] },
  ),
  fc.record({ type: is('erase_user'), ...issued, username: name }),
  fc.record({ type: is('complete_erasure'), ...issued, username: name }),
);
export const friendCommand: fc.Arbitrary<RelationshipCommand> = fc.oneof(
  fc.record({ type: is('add_friend'), ...issued, friend: name }),
  fc.record({ type: is('remove_friend'), ...issued, friend: name }),
);
export const relationshipCommand: fc.Arbitrary<RelationshipCommand> = fc.oneof(
  friendCommand,
  fc.record({ type: is('start_chat'), ...issued, other: name }),
  fc.record({ type: is('block_user'), ...issued, blocked: name }),
  fc.record({ type: is('unblock_user'), ...issued, blocked: name }),
);
export const messageCommand: fc.Arbitrary<MessageCommand> = fc.oneof(
  fc.record({ type: is('send_message'), ...issued, messageId, chatId, content, timestamp }),
  fc.record({ type: is('like_message'), ...like }),
  fc.record({ type: is('unlike_message'), ...like }),
);
export const readingCommand: fc.Arbitrary<ReadingCommand> = fc.record({
  type: is('read_message'),
  ...issued,
  messageId,
  chatId: fc.option(chatId),
});
export const notificationCommand: fc.Arbitrary<NotificationCommand> = fc.record({
  type: is('read_notification'),
  ...issued,
  notificationId: messageId,
});
export const inboxCommand: fc.Arbitrary<InboxCommand> = fc.record({
  type: is('mark_all_as_read'),
  ...issued,
  upTo: place,
});
export const tournamentCommand: fc.Arbitrary<TournamentCommand> = fc.oneof(
  fc.record({ type: is('create_tournament'), ...issued, ...announced }),
  fc.record({ type: is('close_tournament'), ...issued, tournamentId }),
);

const options = announced.settings;
export const sendInvitation: fc.Arbitrary<SendInvitation> = fc.record({
  ...issued,
  invitee: name,
  invitationId,
  clientId,
  options,
});
export const invited: fc.Arbitrary<Invited> = fc.record({
  invitee: user,
  isBlocked: fc.boolean(),
  limits: fc.constant({ invitationTtlMs: 60_000, invitations: 3, windowMs: 10_000 }),
});
export const endInvitation: fc.Arbitrary<EndInvitation> = fc.record({
  ...issued,
  how: fc.constantFrom('decline' as const, 'cancel' as const, 'block' as const, 'expire' as const),
  invitee: name,
  invitationId: fc.option(invitationId, { nil: undefined }),
});
const duel = { ...issued, invitationId, inviter: name, invitee: name, gameId };
export const duelStep: fc.Arbitrary<DuelStep> = fc.record(duel);
export const reserveSeat: fc.Arbitrary<ReserveSeat> = fc.record({ ...duel, expiresAt: date });
export const acceptance: fc.Arbitrary<Acceptance> = fc.record({
  isBlocked: fc.boolean(),
  gameLimitMs: fc.constant(600_000),
});
export const finishGame: fc.Arbitrary<FinishGame> = fc.record({
  ...duel,
  player: name,
  reason: fc.constantFrom('reported' as const, 'expired' as const),
});
export const cancelAsGone: fc.Arbitrary<CancelAsGone> = fc.record({ ...duel, sentAt: date });
