import type { ChatState, MessageResource, PendingMessage } from '../../client/index.ts';

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
  /** When the message that follows was written, if another day begins with it. */
  readonly nextDay: Date | null;
  /** The message that follows is the first that was unread when the chat was opened. */
  readonly isLastRead: boolean;
}

type Neighbours = Pick<MessageRow, 'startsGroup' | 'endsGroup' | 'nextDay' | 'isLastRead'>;

interface Written {
  readonly message: Omit<MessageRow, keyof Neighbours>;
  readonly time: number;
  readonly day: string;
}

const GROUP_MS = 5 * 60_000;

/**
 * Makes the rows of a chat: what is stored, oldest first, then what is on its way. A row stays the same object until it looks
 * different, however often others change.
 */
export function createRows(): (
  state: Pick<ChatState, 'chat' | 'messages' | 'pending'>,
  firstUnread: string | null,
) => readonly MessageRow[] {
  const written = new WeakMap<object, Written>();
  const rows = new WeakMap<Written, MessageRow>();
  const kept = <Source extends object>(source: Source, make: (source: Source) => Written): Written => {
    const made = written.get(source) ?? make(source);
    written.set(source, made);
    return made;
  };
  return ({ chat, messages, pending }, firstUnread) => {
    const all = [
      ...messages.map((message) => kept(message, (source) => stored(source, chat?.username))),
      ...pending.map((message) => kept(message, onItsWay)),
    ];
    return all.map((one, index) => {
      const neighbours = neighboursOf(one, all[index - 1], all[index + 1], firstUnread);
      const before = rows.get(one);
      if (before && isSame(before, neighbours)) return before;
      const row = { ...one.message, ...neighbours };
      rows.set(one, row);
      return row;
    });
  };
}

function neighboursOf(
  one: Written,
  before: Written | undefined,
  next: Written | undefined,
  firstUnread: string | null,
): Neighbours {
  const { id } = one.message;
  return {
    startsGroup: !before || id === firstUnread || !areTogether(before, one),
    endsGroup: !next || next.message.id === firstUnread || !areTogether(one, next),
    nextDay: next && next.day !== one.day ? next.message.date : null,
    isLastRead: next !== undefined && next.message.id === firstUnread,
  };
}

const isSame = (row: MessageRow, neighbours: Neighbours): boolean =>
  row.startsGroup === neighbours.startsGroup &&
  row.endsGroup === neighbours.endsGroup &&
  row.isLastRead === neighbours.isLastRead &&
  row.nextDay?.getTime() === neighbours.nextDay?.getTime();

const areTogether = (one: Written, next: Written): boolean =>
  one.message.isOwn === next.message.isOwn && next.time - one.time < GROUP_MS && one.day === next.day;

function stored(message: MessageResource, other: string | undefined): Written {
  const { id, content, date, sender, is_liked, is_read } = message;
  return at(new Date(date), {
    id,
    content,
    isOwn: sender !== other,
    isLiked: is_liked,
    state: is_read ? 'read' : 'sent',
    reason: undefined,
  });
}

const onItsWay = ({ id, content, createdAt, state, reason }: PendingMessage): Written =>
  at(new Date(createdAt), {
    id,
    content,
    isOwn: true,
    isLiked: false,
    state: state === 'failed' ? 'failed' : 'sending',
    reason,
  });

const at = (date: Date, message: Omit<Written['message'], 'date'>): Written => ({
  message: { ...message, date },
  time: date.getTime(),
  day: date.toDateString(),
});
