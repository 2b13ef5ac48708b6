import type { ChatHeader, ChatPreview } from '../../client/index.ts';
import { Avatar } from '../kit/avatar.tsx';
import { Badge } from '../kit/badge.tsx';
import { useDates } from '../kit/dates.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { EmptyState, LoadFailed, LoadingRows } from '../kit/empty-state.tsx';
import { EndOfList } from '../kit/end-of-list.tsx';
import { Icon } from '../kit/icon.tsx';
import { Link } from '../kit/link.tsx';
import { useReadable } from '../kit/readable.ts';
import { useRally } from '../kit/surroundings.ts';

interface ChatListProps {
  /** The chat that is open. A new one, without a message, stands first. */
  readonly open: ChatHeader | null;
  /** With whom; null: none is open. */
  readonly chosen: string | null;
  onChoose(username: string): void;
}

/** All chats, the one with the newest message first. Up and down lead from one to the next. */
export function ChatList({ open, chosen, onChoose }: ChatListProps) {
  const words = useWords(WORDS);
  const { chats } = useRally().stores;
  const { items, status, hasMore, error } = useReadable(chats);
  const previews = withOpen(items, open);
  const isChosen = ({ username }: ChatPreview) => username.toLowerCase() === chosen?.toLowerCase();
  const tabStop = previews.find(isChosen) ?? previews[0];
  const loadMore = () => void chats.loadMore();
  if (previews.length === 0) {
    if (status === 'failed') return <LoadFailed error={error} onRetry={loadMore} />;
    if (status !== 'loaded') return <LoadingRows />;
    return (
      <EmptyState icon="chat" title={words.none}>
        <p>{words.find}</p>
      </EmptyState>
    );
  }
  return (
    <div class="chat-list">
      <ul aria-label={words.chats} onKeyDown={moveByArrow}>
        {previews.map((preview) => (
          <li key={preview.chat_id}>
            <Link
              class="chat-list-item"
              to={{ page: 'chat', username: preview.username }}
              aria-current={isChosen(preview) ? 'page' : undefined}
              tabIndex={preview === tabStop ? 0 : -1}
              onFollow={() => onChoose(preview.username)}
            >
              <Preview preview={preview} />
            </Link>
          </li>
        ))}
      </ul>
      {status === 'failed' && <LoadFailed error={error} onRetry={loadMore} />}
      {hasMore && status === 'loaded' && <EndOfList onNear={loadMore} />}
      {hasMore && status === 'loading' && <LoadingRows count={2} />}
    </div>
  );
}

/** The server's list knows of a chat without messages only when it is loaded anew. */
function withOpen(items: readonly ChatPreview[], open: ChatHeader | null): readonly ChatPreview[] {
  if (!open || items.some(({ chat_id }) => chat_id === open.chat_id)) return items;
  return [{ ...open, unread_messages_count: 0, last_message: null }, ...items];
}

function Preview({ preview }: { readonly preview: ChatPreview }) {
  const words = useWords(WORDS);
  const dates = useDates();
  const { nickname, username, last_message: last, unread_messages_count: unread } = preview;
  const isBlocked = preview.is_blocked_user || preview.is_blocked_by_user;
  return (
    <>
      <Avatar of={preview} withPresence />
      <bdi class="chat-list-name">{nickname}</bdi>
      {last && (
        <time class="chat-list-time" dir="ltr" dateTime={last.date}>
          {dates.short(new Date(last.date), new Date())}
        </time>
      )}
      <span class="chat-list-last">
        {isBlocked && (
          <span class="chat-list-blocked">
            <Icon name="block" /> {words.blocked}
          </span>
        )}
        {!isBlocked && last && last.sender !== username && `${words.you}: `}
        {!isBlocked && <bdi>{last ? last.content : words.empty}</bdi>}
      </span>
      {unread > 0 && <Badge count={unread} label={words.unread(unread)} />}
    </>
  );
}

const STEPS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  Home: () => 0,
  End: (_, last) => last,
};

function moveByArrow(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const links = [...event.currentTarget.querySelectorAll('a')];
  const at = links.findIndex((link) => link.matches(':focus'));
  const step = STEPS[event.key];
  if (!step || at < 0) return;
  event.preventDefault();
  links[step(at, links.length - 1)]?.focus();
}

const WORDS = dictionary({
  en: {
    chats: 'Chats',
    none: 'No chats yet',
    find: 'Find somebody above and write to them.',
    you: 'You',
    blocked: 'Blocked',
    empty: 'Nothing written yet',
    unread: (count: number) => `, ${count} unread`,
  },
  fr: {
    chats: 'Discussions',
    none: 'Pas encore de discussion',
    find: 'Trouvez quelqu’un ci-dessus et écrivez-lui.',
    you: 'Vous',
    blocked: 'Bloqué',
    empty: 'Rien d’écrit encore',
    unread: (count: number) => `, ${count} ${count > 1 ? 'non lus' : 'non lu'}`,
  },
});
