import { useMemo } from 'preact/hooks';
import { useDates } from '../kit/dates.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Icon, type IconName } from '../kit/icon.tsx';
import { useProblemOf } from '../kit/problems.ts';
import { LinkedText } from './linked-text.tsx';
import type { MessageRow } from './message-rows.ts';

/** What can be done with the message of this id. */
export interface MessageActions {
  like(id: string, isLiked: boolean): void;
  retry(id: string): void;
  discard(id: string): void;
}

interface MessageProps {
  readonly row: MessageRow;
  /** Of the other side. */
  readonly nickname: string;
  readonly isFound: boolean;
  /** Of all like buttons, one can be reached by Tab; arrows lead to the others. */
  readonly isTabStop: boolean;
  /** The day that it is: others are named after it. */
  readonly today: string;
  readonly actions: MessageActions;
}

/** One message, with what can be done with it, and what separates it from the next. Drawn anew only when it has changed itself. */
export function Message(props: MessageProps) {
  const { row, nickname, isFound, isTabStop, today, actions } = props;
  return useMemo(() => <Drawn {...props} />, [row, nickname, isFound, isTabStop, today, actions]);
}

function Drawn({ row, nickname, isFound, isTabStop, today, actions }: MessageProps) {
  const words = useWords(WORDS);
  const dates = useDates();
  const classes = [
    'message',
    row.isOwn && 'is-own',
    row.startsGroup && 'starts-group',
    row.endsGroup && 'ends-group',
    row.state === 'sending' && 'is-sending',
    row.state === 'failed' && 'is-failed',
    isFound && 'is-found',
  ];
  return (
    <>
      <div class={classes.filter(Boolean).join(' ')} data-message={row.id}>
        <div class="message-bubble" dir="auto">
          <bdi class="only-heard">{`${row.isOwn ? words.you : nickname}: `}</bdi>
          <span class="message-text">
            <LinkedText content={row.content} />
          </span>
          <span class="message-meta">
            <time dir="ltr" dateTime={row.date.toISOString()} title={dates.full(row.date)}>
              {dates.time(row.date)}
            </time>
            {row.isOwn && <Receipt state={row.state} />}
          </span>
        </div>
        {row.isOwn ? (
          row.isLiked && (
            <span class="message-liked" role="img" aria-label={words.likedBy(nickname)}>
              <Icon name="heart" />
            </span>
          )
        ) : (
          <button
            type="button"
            class="message-like"
            aria-pressed={row.isLiked}
            aria-label={words.like(row.content.slice(0, HEARD_OF_MESSAGE))}
            tabIndex={isTabStop ? 0 : -1}
            data-like={row.id}
            onClick={() => actions.like(row.id, !row.isLiked)}
          >
            <Icon name="heart" />
          </button>
        )}
      </div>
      {row.state === 'failed' && <NotSent row={row} actions={actions} />}
      {row.nextDay && <p class="day">{dates.day(row.nextDay, new Date(today))}</p>}
      {row.isLastRead && <UnreadDivider />}
    </>
  );
}

/** Enough to tell which message a button belongs to. */
const HEARD_OF_MESSAGE = 40;

/** Above it is what had been read when the chat was opened. */
export function UnreadDivider() {
  const words = useWords(WORDS);
  return <p class="unread-divider">{words.unread}</p>;
}

const RECEIPTS = {
  sending: 'clock',
  sent: 'check',
  read: 'checks',
  failed: 'warning',
} as const satisfies Record<MessageRow['state'], IconName>;

function Receipt({ state }: Pick<MessageRow, 'state'>) {
  const words = useWords(WORDS);
  return (
    <span class={`receipt is-${state}`} role="img" aria-label={words[state]}>
      <Icon name={RECEIPTS[state]} />
    </span>
  );
}

function NotSent({ row, actions }: Pick<MessageProps, 'row' | 'actions'>) {
  const words = useWords(WORDS);
  const problemOf = useProblemOf();
  return (
    <p class="not-sent">
      <span>
        <strong>{words.notSent}</strong> {problemOf(row.reason)}
      </span>
      <button type="button" class="button is-small" onClick={() => actions.retry(row.id)}>
        {words.retry}
      </button>
      <button type="button" class="button is-small is-danger" onClick={() => actions.discard(row.id)}>
        {words.discard}
      </button>
    </p>
  );
}

const WORDS = dictionary({
  en: {
    you: 'You',
    like: (text: string) => `Like: ${text}`,
    likedBy: (name: string) => `${name} likes this`,
    unread: 'New messages',
    sending: 'being sent',
    sent: 'sent',
    read: 'read',
    failed: 'not sent',
    notSent: 'Not sent.',
    retry: 'Retry',
    discard: 'Delete',
  },
  fr: {
    you: 'Vous',
    like: (text: string) => `Aimer : ${text}`,
    likedBy: (name: string) => `${name} aime ce message`,
    unread: 'Nouveaux messages',
    sending: 'envoi en cours',
    sent: 'envoyé',
    read: 'lu',
    failed: 'non envoyé',
    notSent: 'Non envoyé.',
    retry: 'Réessayer',
    discard: 'Supprimer',
  },
});
