import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { ChatHeader, PresenceProfile, Readable } from '../../client/index.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { EmptyState } from '../kit/empty-state.tsx';
import { useReadable } from '../kit/readable.ts';
import { useRally } from '../kit/surroundings.ts';
import { UserSearch } from '../people/user-search.tsx';
import { ChatList } from './chat-list.tsx';
import { OpenChat } from './open-chat.tsx';

interface ChatProps {
  /** With whom; none: nobody is chosen yet. */
  readonly username?: string | undefined;
  /** Id of the message to go to. */
  readonly message?: string | undefined;
  /** Whom it is about changes: the page puts it into the address. */
  onChoose(username: string | null): void;
}

/** Conversations, and the one that is open: both side by side, or one after the other where there is little room. */
export function Chat({ username, message, onChoose }: ChatProps) {
  const words = useWords(WORDS);
  const session = useReadable(useRally().session);
  const list = useRef<HTMLElement>(null);
  // Only whoever has chosen a chat here is led to it: elements of other pages take no focus by themselves.
  const isChosenHere = useRef(false);
  const isGoingBack = useRef(false);
  const open = useOpenChat(username);
  const choose = (chosen: string) => {
    isChosenHere.current = true;
    onChoose(chosen);
  };
  const goBack = () => {
    isChosenHere.current = false;
    isGoingBack.current = true;
    onChoose(null);
  };
  useLayoutEffect(() => {
    if (username === undefined && isGoingBack.current) list.current?.focus();
    isGoingBack.current = false;
  }, [username]);
  if (session.phase !== 'signed_in') return null;
  return (
    <div class="chat">
      <div class={username === undefined ? 'chat-panes' : 'chat-panes has-open-chat'}>
        <section ref={list} class="chat-side" tabIndex={-1} aria-label={words.chats}>
          <h1 class="chat-side-title">{words.chats}</h1>
          <ChatUserSearch onChoose={choose} />
          <ChatList open={open} chosen={username ?? null} onChoose={choose} />
        </section>
        {username === undefined ? (
          <section class="chat-pane chat-none" aria-label={words.noneOpen}>
            <EmptyState icon="chat" title={words.noneOpen}>
              <p>{words.choose}</p>
            </EmptyState>
          </section>
        ) : (
          <OpenChat
            key={username.toLowerCase()}
            username={username}
            message={message}
            own={session.username}
            takesFocus={isChosenHere.current}
            onBack={goBack}
          />
        )}
      </div>
    </div>
  );
}

/** Starts a conversation with anybody. */
function ChatUserSearch({ onChoose }: { onChoose(username: string): void }) {
  const words = useWords(WORDS);
  return (
    <div class="chat-user-search">
      <UserSearch label={words.find} onSelect={(user: PresenceProfile) => onChoose(user.username)} />
    </div>
  );
}

const NONE: Readable<null> = { get: () => null, subscribe: () => () => {} };

/** Who it is with, once that is known. */
function useOpenChat(username: string | undefined): ChatHeader | null {
  const { stores } = useRally();
  const store = useMemo(() => (username === undefined ? NONE : stores.chat(username)), [stores, username]);
  return useReadable<{ readonly chat: ChatHeader | null } | null>(store)?.chat ?? null;
}

const WORDS = dictionary({
  en: {
    chats: 'Chats',
    find: 'Find people',
    noneOpen: 'No chat is open',
    choose: 'Choose one from the list, or find somebody to write to.',
  },
  fr: {
    chats: 'Discussions',
    find: 'Trouver des gens',
    noneOpen: 'Aucune discussion n’est ouverte',
    choose: 'Choisissez-en une dans la liste, ou trouvez à qui écrire.',
  },
});
