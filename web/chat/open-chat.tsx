import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChatHeader as Header } from '../../client/index.ts';
import { useAction } from '../kit/action.ts';
import { dictionary, isolated, useWords } from '../kit/dictionary.ts';
import { LoadFailed, LoadingRows } from '../kit/empty-state.tsx';
import { Icon } from '../kit/icon.tsx';
import { Problem } from '../kit/problem.tsx';
import { useReadable } from '../kit/readable.ts';
import { useRally, useSurroundings } from '../kit/surroundings.ts';
import { BackButton, ChatHeader } from './chat-header.tsx';
import { ChatMessageArea } from './chat-message-area.tsx';
import { ChatMessageInput } from './chat-message-input.tsx';

interface OpenChatProps {
  readonly username: string;
  readonly message: string | undefined;
  /** Who is signed in. */
  readonly own: string;
  /** Somebody has just chosen it here. */
  readonly takesFocus: boolean;
  onBack(): void;
}

/** The chat with one user. It has them as its `key`. */
export function OpenChat({ username, message, own, takesFocus, onBack }: OpenChatProps) {
  const words = useWords(WORDS);
  const store = useRally().stores.chat(username);
  const state = useReadable(store);
  const { chat } = state;
  const [sentCount, setSentCount] = useState(0);
  const pane = useRef<HTMLElement>(null);
  // On a phone the keyboard would hide what there is to read.
  const writesAtOnce = takesFocus && matchMedia('(hover: hover)').matches;
  useLayoutEffect(() => {
    if (takesFocus) pane.current?.focus({ preventScroll: true });
  }, []);
  useAnnounced(chat);
  return (
    <section
      ref={pane}
      class="chat-pane"
      tabIndex={-1}
      aria-label={words.chatWith(chat?.nickname ?? username)}
    >
      {chat ? (
        <>
          <ChatHeader chat={chat} isTyping={state.isTyping} onBack={onBack} />
          <ChatMessageArea store={store} state={{ ...state, chat }} message={message} sentCount={sentCount} />
          <p class="typing" aria-hidden="true">
            {state.isTyping && (
              <>
                <span class="typing-dots" />
                {words.typing(isolated(chat.nickname))}
              </>
            )}
          </p>
          {chat.is_blocked_user || chat.is_blocked_by_user ? (
            <Blocked chat={chat} />
          ) : (
            <ChatMessageInput
              store={store}
              chat={chat}
              own={own}
              takesFocus={writesAtOnce}
              onSent={() => setSentCount((count) => count + 1)}
            />
          )}
        </>
      ) : (
        <>
          <header class="chat-header">
            <BackButton onBack={onBack} />
            <h1 class="chat-title">
              <bdi class="person-name">{username}</bdi>
            </h1>
          </header>
          {state.status === 'failed' ? (
            <LoadFailed error={state.error} onRetry={() => void store.loadOlder()} />
          ) : (
            <LoadingRows count={6} />
          )}
        </>
      )}
    </section>
  );
}

/** Says to those who hear the page what the other side writes. */
function useAnnounced(chat: Header | null): void {
  const { live } = useRally();
  const { announce } = useSurroundings();
  const { chat_id, username, nickname } = chat ?? {};
  useEffect(
    () =>
      live.on('new_message', ({ data }) => {
        if (data.chat_id === chat_id && data.sender === username) announce(`${nickname}: ${data.content}`);
      }),
    [live, chat_id, username, nickname],
  );
}

/** In place of the field, while one has blocked the other. */
function Blocked({ chat }: { readonly chat: Header }) {
  const words = useWords(WORDS);
  const { api } = useRally();
  const unblock = useAction(() => api.unblockUser(chat.username));
  const name = isolated(chat.nickname);
  return (
    <div class="chat-blocked">
      <Icon name="block" />
      <p>{chat.is_blocked_user ? words.blocked(name) : words.blockedBy(name)}</p>
      {chat.is_blocked_user && (
        <button
          type="button"
          class="button is-small"
          aria-busy={unblock.isRunning}
          onClick={() => void unblock.run()}
        >
          {words.unblock}
        </button>
      )}
      <Problem error={unblock.error} />
    </div>
  );
}

const WORDS = dictionary({
  en: {
    chatWith: (name: string) => `Chat with ${name}`,
    typing: (name: string) => `${name} is typing`,
    blocked: (name: string) => `You have blocked ${name}.`,
    blockedBy: (name: string) => `${name} has blocked you. You cannot write to each other.`,
    unblock: 'Unblock',
  },
  fr: {
    chatWith: (name: string) => `Discussion avec ${name}`,
    typing: (name: string) => `${name} écrit`,
    blocked: (name: string) => `Vous avez bloqué ${name}.`,
    blockedBy: (name: string) => `${name} vous a bloqué. Vous ne pouvez pas vous écrire.`,
    unblock: 'Débloquer',
  },
});
