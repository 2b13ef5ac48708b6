import type { ChatState, MessageResource, PendingMessage } from '../../client/index.ts';
import { isSameDay } from '../kit/dates.ts';

/** A message as it is drawn. How high it is depends on itself and on what follows, so that older ones move nothing when they come. */
export interface MessageRow {
  readonly id: string;
  readonly content: string;
  readonly date: Date;
  readonly isOwn: boolean;
  readonly isLiked: boolean;
  readonly state: 'sending' | 'sent' | 'read' | 'failed';
  readonly reason: PendingMessage['reason'];
  /** It is the first of what one person has written within a few minutes, or the last. Such a group is drawn as one. */
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
  /** The day of the message that follows, when another one begins with it. */
  readonly nextDay: Date | null;
  /** The message that follows is the first that was unread when the chat was opened. */
  readonly isLastRead: boolean;
}

const GROUP_MS = 5 * 60_000;

/** What stands on the screen, oldest first: what is stored, then what is on its way. */
export function messageRows(
  { chat, messages, pending }: Pick<ChatState, 'chat' | 'messages' | 'pending'>,
  firstUnread: string | null,
): readonly MessageRow[] {
  const written = [...messages.map((message) => stored(message, chat?.username)), ...pending.map(onItsWay)];
  return written.map((message, index) => {
    const before = written[index - 1];
    const next = written[index + 1];
    return {
      ...message,
      startsGroup: !before || message.id === firstUnread || !areTogether(before, message),
      endsGroup: !next || next.id === firstUnread || !areTogether(message, next),
      nextDay: next && !isSameDay(message.date, next.date) ? next.date : null,
      isLastRead: next !== undefined && next.id === firstUnread,
    };
  });
}

type Written = Omit<MessageRow, 'startsGroup' | 'endsGroup' | 'nextDay' | 'isLastRead'>;

function stored(message: MessageResource, other: string | undefined): Written {
  const { id, content, date, sender, is_liked, is_read } = message;
  return {
    id,
    content,
    date: new Date(date),
    isOwn: sender !== other,
    isLiked: is_liked,
    state: is_read ? 'read' : 'sent',
    reason: undefined,
  };
}

const onItsWay = ({ id, content, createdAt, state, reason }: PendingMessage): Written => ({
  id,
  content,
  date: new Date(createdAt),
  isOwn: true,
  isLiked: false,
  state: state === 'failed' ? 'failed' : 'sending',
  reason,
});

const areTogether = (one: Written, next: Written): boolean =>
  one.isOwn === next.isOwn &&
  next.date.getTime() - one.date.getTime() < GROUP_MS &&
  isSameDay(one.date, next.date);
