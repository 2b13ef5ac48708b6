import type { Issued } from '../domain/decider.ts';
import type { DomainEvent } from '../domain/domain-event.ts';
import { messageDecider } from '../domain/message.ts';
import { type Cause, inboxDecider, notificationDecider } from '../domain/notification.ts';
import { dropSession, openSession, settlePresence } from '../domain/presence.ts';
import { type MessageInLog, readingDecider } from '../domain/reading.ts';
import { relationshipDecider } from '../domain/relationship.ts';
import { tournamentDecider } from '../domain/tournament.ts';
import { userDecider } from '../domain/user.ts';
import { isUsername } from '../domain/username.ts';
import { placeOf } from '../platform/event-store/event-reference.ts';
import { pairId, streamOf } from '../platform/event-store/stream-name.ts';
import type { Command, CommandOf, CommandReply, Refusal } from '../protocol/commands.ts';
import { type CommandContext, decideAndAppend, type StreamChange } from './decide-and-append.ts';
import { cancelBetween, creatorOf, duels } from './duels.ts';
import { type Execute, type ExecutionContext, noContext, refused } from './execution-context.ts';
import { FIRST_EVENT, LAST_EVENT, LAST_EVENTS, loadStream, WHOLE_STREAM } from './load-stream.ts';
import { causeOf } from './notification-cause.ts';

/** A command of the protocol becomes the domain's when it is said who gave it, and when. */
function described<Asked extends Command, State, E extends DomainEvent, Context>(
  describe: (
    command: Asked & Issued,
    context: ExecutionContext,
  ) => Described<StreamChange<State, NoInfer<Asked & Issued>, E, Context>>,
): Execute<Asked> {
  return async (asked, context) => {
    const command = { ...asked, actor: context.actor, date: context.date };
    const change = await describe(command, context);
    return 'outcome' in change ? change : decideAndAppend(command, change, context);
  };
}

/** A refusal: there is no stream that such a command could change. */
type Described<Change> = Change | Refusal | Promise<Change | Refusal>;

/** Of each command: which stream it changes and how. One without a description does not compile. */
const COMMANDS: { readonly [Type in Command['type']]: Execute<CommandOf<Type>> } = {
  /** The first append to the name's stream makes it theirs. */
  register_user: described(({ actor }) => ({
    decider: userDecider,
    stream: streamOf('user', actor),
    part: FIRST_EVENT,
    presumedNew: true,
    loadContext: noContext,
  })),
  update_profile: described(({ actor }) => ({
    decider: userDecider,
    stream: streamOf('user', actor),
    part: LAST_EVENT,
    loadContext: noContext,
  })),
  erase_user: described((command) => changeOfErased(command)),
  complete_erasure: described((command) => changeOfErased(command)),
  start_chat: changePair,
  add_friend: changePair,
  remove_friend: changePair,
  async block_user(command, context) {
    const blocked = await changePair(command, context);
    if (blocked.outcome === 'refused') return blocked;
    const blockedAt = BigInt(blocked.position);
    const position = await cancelBetween(context.actor, command.blocked, blockedAt, context);
    return { ...blocked, position: position.toString() };
  },
  unblock_user: changePair,
  /** One append when the id is new, as it nearly always is. A resend is answered with the first place. */
  send_message: described(({ messageId, chatId }, { relationships }) => ({
    decider: messageDecider,
    stream: streamOf('message', messageId),
    part: FIRST_EVENT,
    presumedNew: true,
    loadContext: (fresh) => relationships.of(chatId, fresh),
    id: messageId,
  })),
  like_message: described(changeOfMessage),
  unlike_message: described(changeOfMessage),
  /** The marker's stream is the chat's: a client that does not name the chat costs one more read, one after the other. */
  read_message: described(async ({ messageId, chatId, actor }, context) => {
    const message = messageInLog(messageId, context);
    const chat = chatId ?? (await message)?.message.chatId;
    if (chat === undefined) return refused('message_not_found');
    return {
      decider: readingDecider,
      stream: streamOf('reading', chat, actor),
      part: LAST_EVENT,
      loadContext: async () => ({ value: await message }),
    };
  }),
  /** Mostly read once, so that one append stores it. Its cause is found by the id, and never changes. */
  read_notification: described(({ notificationId, actor }, context) => {
    if (placeOf(notificationId) === null) return refused('notification_not_found');
    let cause: Promise<Cause | null> | undefined;
    return {
      decider: notificationDecider,
      stream: streamOf('notification', notificationId, actor),
      part: FIRST_EVENT,
      presumedNew: true,
      async loadContext() {
        cause ??= causeOf(notificationId, actor, context);
        return { value: await cause };
      },
    };
  }),
  mark_all_as_read: described(({ actor }) => ({
    decider: inboxDecider,
    stream: streamOf('inbox', actor),
    part: LAST_EVENT,
    loadContext: noContext,
  })),
  /** Nobody begins a tournament amid a game: one that begins at the same moment comes first or is not there yet. */
  create_tournament: described((command, context) => ({
    ...changeOfTournament(command),
    loadContext: () => creatorOf(command.actor, context),
    id: command.tournamentId,
  })),
  close_tournament: described((command) => ({
    ...changeOfTournament(command),
    loadContext: async () => ({ value: { isInGame: false } }),
  })),
  ...duels,
  open_session: described(({ username }) => ({ decider: openSession, ...changeOfPresence(username) })),
  drop_session: described(({ username }) => ({ decider: dropSession, ...changeOfPresence(username) })),
  settle_presence: described(({ username }) => ({ decider: settlePresence, ...changeOfPresence(username) })),
};

const changeOfErased = ({ username }: { readonly username: string }) => ({
  decider: userDecider,
  stream: streamOf('user', username),
  part: LAST_EVENT,
  loadContext: noContext,
});

/** The last events: a command that is repeated is known again among them, and what it asked for by what the very last one says. */
const changeOfPresence = (username: string) => ({
  stream: streamOf('presence', username),
  part: LAST_EVENTS,
  loadContext: noContext,
});

/** Messages rest on what stands between two users, and may lag: an acceptance is told of when none does so any more. */
async function changePair(command: PairCommand, context: ExecutionContext): Promise<CommandReply> {
  const reply = await described(changeOfPair)(command, context);
  if (reply.outcome === 'accepted') await context.store.commitWait();
  return reply;
}

type PairCommand = CommandOf<'start_chat' | 'add_friend' | 'remove_friend' | 'block_user' | 'unblock_user'>;

function otherOf(command: PairCommand): string {
  switch (command.type) {
    case 'start_chat':
      return command.other;
    case 'add_friend':
    case 'remove_friend':
      return command.friend;
    case 'block_user':
    case 'unblock_user':
      return command.blocked;
    default:
      return command satisfies never;
  }
}

/** Both users' commands meet in the pair's one stream, so its revision settles every race between them. */
function changeOfPair(command: PairCommand, { actor, store, deadline }: CommandContext) {
  const other = otherOf(command);
  if (!isUsername(other)) return refused('user_not_found');
  const chatId = pairId(actor, other);
  return {
    decider: relationshipDecider,
    stream: streamOf('relationship', chatId),
    part: WHOLE_STREAM,
    async loadContext() {
      const { state } = await loadStream(
        store,
        streamOf('user', other),
        { ...LAST_EVENT, deadline },
        userDecider,
      );
      return { value: { chatId, other: state } };
    },
    ...(command.type === 'start_chat' && { id: chatId }),
  };
}

function changeOfMessage(
  { messageId, chatId }: CommandOf<'like_message' | 'unlike_message'>,
  { relationships }: ExecutionContext,
) {
  return {
    decider: messageDecider,
    stream: streamOf('message', messageId),
    part: WHOLE_STREAM,
    loadContext: (fresh: boolean) => relationships.of(chatId, fresh),
  };
}

/** All that one user has announced is one stream: its revision settles which of two creations at once comes first. */
function changeOfTournament({ actor }: Issued) {
  return {
    decider: tournamentDecider,
    stream: streamOf('tournament', actor),
    part: LAST_EVENTS,
  };
}

/** Where a message stands in the log never changes, so it is read once for all decisions. */
async function messageInLog(messageId: string, { store, deadline }: CommandContext): Promise<MessageInLog> {
  const part = { ...FIRST_EVENT, deadline };
  const { state, position } = await loadStream(store, streamOf('message', messageId), part, messageDecider);
  return state && position !== null ? { message: state, position } : null;
}

/** The one way from a command to its reply. Rejects as `decideAndAppend` does. */
export const execute = (command: Command, context: ExecutionContext): Promise<CommandReply> =>
  descriptionOf(command)(command, context);

const descriptionOf = <Type extends Command['type']>(command: {
  readonly type: Type;
}): Execute<CommandOf<Type>> => COMMANDS[command.type];
