import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { ChatHeader, ChatState, ChatStore } from '../../client/index.ts';
import { Badge } from '../kit/badge.tsx';
import { useDates } from '../kit/dates.ts';
import { dictionary, isolated, useWords } from '../kit/dictionary.ts';
import { Icon } from '../kit/icon.tsx';
import { useProblem } from '../kit/problems.ts';
import { useSurroundings } from '../kit/surroundings.ts';
import { useLikeButtons, useLikeByClick } from './likes.ts';
import { Message, type MessageActions, UnreadDivider } from './message-row.tsx';
import { createRows, type MessageRow } from './message-rows.ts';
import { type OpeningPlace, useOpening } from './opening-place.ts';
import { useReading } from './reading.ts';
import { useWindowedRows, type WindowedRows } from './windowed-rows.ts';

interface ChatMessageAreaProps {
  readonly store: ChatStore;
  readonly state: ChatState & { readonly chat: ChatHeader };
  /** Id of the message to go to. */
  readonly message: string | undefined;
  /** How many were sent from here: each leads to the end. */
  readonly sentCount: number;
}

/** What scrolls can be reached by Tab, and scrolled by arrows and Page keys. */
const SCROLLED_BY_KEYS = { tabIndex: 0 };
/** Older messages are asked for when so much is left above. */
const NEAR_TOP_PX = 800;
/** How long a message is marked that was gone to. */
const FOUND_MS = 3000;

/** The messages of a chat, oldest first, of which those near to what is seen are drawn. */
export function ChatMessageArea({ store, state, message, sentCount }: ChatMessageAreaProps) {
  const words = useWords(WORDS);
  const problem = useProblem();
  const { showToast } = useSurroundings();
  const { nickname } = state.chat;
  const { place, firstUnread } = useOpening(store, state, message);
  const makeRows = useMemo(createRows, []);
  const rows = useMemo(
    () => makeRows(state, firstUnread),
    [state.chat, state.messages, state.pending, firstUnread],
  );
  const shown = useWindowedRows(rows);
  const found = useFound(place, rows, shown);
  const hasUnread = place !== null && state.unreadCount > 0;
  const markSeen = useReading(store, hasUnread, () => lastReceived(rows, shown.lastVisible()));
  const loadOlder = () => {
    if (place && state.hasOlder && state.status === 'loaded' && shown.top() < NEAR_TOP_PX)
      void store.loadOlder();
  };
  useEffect(() => {
    markSeen();
    loadOlder();
  });
  useLayoutEffect(() => {
    if (sentCount > 0) shown.scrollToEnd();
  }, [sentCount]);
  const actions = useMemo<MessageActions>(
    () => ({
      like: (id, isLiked) =>
        void store
          .setLiked(id, isLiked)
          .catch((error: unknown) => showToast({ key: 'like', text: problem(error) })),
      retry: (id) => store.retry(id),
      discard: (id) => store.discard(id),
    }),
    [store],
  );
  const today = new Date().toDateString();
  const likeButtons = useLikeButtons(shown.items.flatMap(({ index }) => rows[index] ?? []));
  useLikeByClick(shown.scroller, (id) => {
    const row = rows.find((one) => one.id === id);
    if (row && !row.isOwn) actions.like(id, !row.isLiked);
  });
  return (
    <div class="message-area">
      <div
        ref={shown.scroller}
        class="message-scroller"
        role="log"
        aria-live="off"
        aria-label={words.messages(nickname)}
        {...SCROLLED_BY_KEYS}
        onScroll={() => {
          shown.onScroll();
          markSeen();
          loadOlder();
        }}
        onKeyDown={(event) => {
          likeButtons.onKeyDown(event);
          // The browser would go to where the end was before the rows on the way were measured.
          if (event.key === 'End') {
            event.preventDefault();
            shown.scrollToEnd();
          }
        }}
        onFocusIn={likeButtons.onFocusIn}
      >
        <div class="message-window" style={{ blockSize: `${shown.height}px` }}>
          <Head store={store} state={state} first={rows[0]} firstUnread={firstUnread} />
          <ol>
            {shown.items.map(({ index, start, key }) => {
              const row = rows[index];
              return row ? (
                <li
                  key={key}
                  ref={shown.measure}
                  class="message-row"
                  data-index={index}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <Message
                    row={row}
                    nickname={nickname}
                    isFound={row.id === found}
                    isTabStop={row.id === likeButtons.tabStop}
                    today={today}
                    actions={actions}
                  />
                </li>
              ) : null;
            })}
          </ol>
        </div>
      </div>
      {!shown.isAtEnd && (
        <button type="button" class="button jump-to-latest" onClick={shown.scrollToEnd}>
          <Icon name="down" />
          {words.latest}
          {state.unreadCount > 0 && (
            <Badge count={state.unreadCount} label={words.unread(state.unreadCount)} />
          )}
        </button>
      )}
    </div>
  );
}

/** Goes to where the chat is opened. Answers the message that is marked for a moment, when it was asked for. */
function useFound(
  place: OpeningPlace | null,
  rows: readonly MessageRow[],
  shown: WindowedRows,
): string | null {
  const [found, setFound] = useState<string | null>(null);
  useLayoutEffect(() => {
    const index = place?.message ? rows.findIndex(({ id }) => id === place.message) : -1;
    if (!place || index < 0) return;
    shown.scrollToRow(index, place.isAsked ? 'center' : 'start');
    if (!place.isAsked) return;
    setFound(place.message);
    const timer = setTimeout(() => setFound(null), FOUND_MS);
    return () => clearTimeout(timer);
  }, [place]);
  return found;
}

/** The newest message of the other side, up to this row. */
const lastReceived = (rows: readonly MessageRow[], last: number): string | undefined =>
  rows.slice(0, last + 1).findLast(({ isOwn }) => !isOwn)?.id;

interface HeadProps extends Pick<ChatMessageAreaProps, 'store' | 'state'> {
  readonly first: MessageRow | undefined;
  readonly firstUnread: string | null;
}

/** Above the first row: whether there is more, and else where it begins. */
function Head({ store, state, first, firstUnread }: HeadProps) {
  const words = useWords(WORDS);
  const dates = useDates();
  const { chat, hasOlder, status } = state;
  return (
    <div class="message-head">
      {status === 'failed' ? (
        <button type="button" class="button is-small" onClick={() => store.loadOlder()}>
          {words.retry}
        </button>
      ) : (
        <p class="message-begin">{hasOlder ? words.loading : words.beginning(isolated(chat.nickname))}</p>
      )}
      {first && !hasOlder && <p class="day">{dates.day(first.date, new Date())}</p>}
      {first && first.id === firstUnread && <UnreadDivider />}
    </div>
  );
}

const WORDS = dictionary({
  en: {
    messages: (name: string) => `Messages with ${name}`,
    latest: 'Jump to latest',
    unread: (count: number) => `, ${count} new`,
    retry: 'Load older messages',
    loading: 'Loading older messages…',
    beginning: (name: string) => `Your chat with ${name} begins here.`,
  },
  fr: {
    messages: (name: string) => `Messages avec ${name}`,
    latest: 'Aller à la fin',
    unread: (count: number) => `, ${count} ${count > 1 ? 'nouveaux' : 'nouveau'}`,
    retry: 'Charger les messages précédents',
    loading: 'Chargement des messages précédents…',
    beginning: (name: string) => `Votre discussion avec ${name} commence ici.`,
  },
});
