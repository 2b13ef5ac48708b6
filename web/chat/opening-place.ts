import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatHeader, ChatState, ChatStore, MessageResource } from '../../client/index.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { useSurroundings } from '../kit/surroundings.ts';

/** Where a chat is opened. */
export interface OpeningPlace {
  /** null: at the end. */
  readonly message: string | null;
  /** Somebody has asked for that message, by an address. */
  readonly isAsked: boolean;
}

interface Opening {
  /** null: it is still looked for. */
  readonly place: OpeningPlace | null;
  /** The first message that was unread when the chat was opened. It stays that while the chat is open. */
  readonly firstUnread: string | null;
}

type OpenState = ChatState & { readonly chat: ChatHeader };

/** Pages of older messages that are loaded to find a message that was asked for, or the first that is unread. */
const MOST_PAGES = { asked: 30, unread: 5 };

/** Finds the message that is asked for, or else the first unread one; loads older messages until it is there. */
export function useOpening(store: ChatStore, state: OpenState, asked: string | undefined): Opening {
  const words = useWords(WORDS);
  const { showToast } = useSurroundings();
  const [opening, setOpening] = useState<Opening>({ place: null, firstUnread: null });
  const search = useRef<{ asked: string | undefined; pages: number } | null>(null);
  const { status, messages, hasOlder } = state;
  useEffect(() => {
    const isNew = search.current === null || (asked !== undefined && search.current.asked !== asked);
    if (isNew) search.current = { asked, pages: 0 };
    else if (opening.place) return;
    if (status !== 'loaded' && status !== 'failed') return;
    const unread = firstUnreadOf(state);
    const isThere = asked === undefined ? unread.isCertain : messages.some(({ id }) => id === asked);
    const most = asked === undefined ? MOST_PAGES.unread : MOST_PAGES.asked;
    if (!isThere && hasOlder && status === 'loaded' && search.current && search.current.pages < most) {
      search.current.pages++;
      void store.loadOlder();
      if (isNew && opening.place) setOpening({ ...opening, place: null });
      return;
    }
    if (asked !== undefined && !isThere) showToast({ key: 'message', text: words.notFound });
    const firstUnread = opening.firstUnread ?? unread.id;
    const isAsked = asked !== undefined && isThere;
    setOpening({ place: { message: isAsked ? asked : firstUnread, isAsked }, firstUnread });
  }, [status, messages, hasOlder, asked]);
  return opening;
}

/** Certain: an earlier one of the other side is read, or there is no earlier one. */
function firstUnreadOf({ chat, messages, hasOlder }: OpenState): { id: string | null; isCertain: boolean } {
  const isOfOther = ({ sender }: MessageResource) => sender === chat.username;
  const received = messages.filter(isOfOther);
  const first = received.findIndex(({ is_read }) => !is_read);
  return { id: received[first]?.id ?? null, isCertain: first !== 0 || !hasOlder };
}

const WORDS = dictionary({
  en: { notFound: 'The message was not found. It may be too far back.' },
  fr: { notFound: 'Le message est introuvable. Il est peut-être trop ancien.' },
});
