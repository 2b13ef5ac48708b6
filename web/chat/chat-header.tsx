import { useState } from 'preact/hooks';
import type { ChatHeader as Header } from '../../client/index.ts';
import { InviteGameModal } from '../duel/invite-game-modal.tsx';
import { Avatar } from '../kit/avatar.tsx';
import { Confirmation } from '../kit/confirmation.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Icon } from '../kit/icon.tsx';
import { Link } from '../kit/link.tsx';
import { useProblem } from '../kit/problems.ts';
import { useReadable } from '../kit/readable.ts';
import { useRally, useSurroundings } from '../kit/surroundings.ts';
import { Menu } from './menu.tsx';

interface ChatHeaderProps {
  readonly chat: Header;
  readonly isTyping: boolean;
  onBack(): void;
}

/** Who it is, and what can be done with them beside writing. */
export function ChatHeader({ chat, isTyping, onBack }: ChatHeaderProps) {
  const words = useWords(WORDS);
  const problem = useProblem();
  const { navigation, showToast } = useSurroundings();
  const { api } = useRally();
  const [dialog, setDialog] = useState<'invite' | 'block' | null>(null);
  const { username, nickname, is_blocked_user, is_blocked_by_user } = chat;
  const close = () => setDialog(null);
  const unblock = () =>
    void api
      .unblockUser(username)
      .catch((error: unknown) => showToast({ key: 'block', text: problem(error) }));
  return (
    <header class="chat-header">
      <BackButton onBack={onBack} />
      <h1 class="chat-title">
        <Link class="chat-person" to={{ page: 'user', username }}>
          <span aria-hidden="true">
            <Avatar of={chat} withPresence />
          </span>
          <span class="person-text">
            <bdi class="person-name">{nickname}</bdi>
            <span class={isTyping ? 'person-more is-typing' : 'person-more'}>
              {isTyping ? words.typing : <Presence username={username} />}
            </span>
          </span>
        </Link>
      </h1>
      {!is_blocked_user && !is_blocked_by_user && (
        <button
          type="button"
          class="button chat-invite"
          aria-label={words.invite}
          onClick={() => setDialog('invite')}
        >
          <Icon name="duel" />
          <span>{words.invite}</span>
        </button>
      )}
      <Menu
        label={words.more}
        items={[
          { label: words.profile, onChoose: () => navigation.go({ page: 'user', username }) },
          is_blocked_user
            ? { label: words.unblock(nickname), onChoose: unblock }
            : { label: words.block(nickname), onChoose: () => setDialog('block') },
        ]}
      />
      {dialog === 'invite' && <InviteGameModal opponent={chat} onClose={close} />}
      {dialog === 'block' && (
        <Confirmation
          title={words.block(nickname)}
          action={words.blockNow}
          onConfirm={() => api.blockUser(username)}
          onClose={close}
        >
          {words.blockMeans}
        </Confirmation>
      )}
    </header>
  );
}

/** Where there is room for one pane only. */
export function BackButton({ onBack }: Pick<ChatHeaderProps, 'onBack'>) {
  const words = useWords(WORDS);
  return (
    <button type="button" class="button-icon chat-back" aria-label={words.back} onClick={onBack}>
      <Icon name="back" />
    </button>
  );
}

function Presence({ username }: { readonly username: string }) {
  const words = useWords(WORDS);
  const isOnline = useReadable(useRally().stores.presence(username));
  return <>{isOnline === null ? `@${username}` : isOnline ? words.online : words.offline}</>;
}

const WORDS = dictionary({
  en: {
    back: 'Back to the chats',
    typing: 'typing…',
    online: 'Online',
    offline: 'Offline',
    invite: 'Invite to play',
    more: 'More',
    profile: 'View profile',
    block: (name: string) => `Block ${name}`,
    unblock: (name: string) => `Unblock ${name}`,
    blockMeans:
      'You cannot write to or play with each other then, and you are friends no longer. What was written stays.',
    blockNow: 'Block',
  },
  fr: {
    back: 'Retour aux discussions',
    typing: 'écrit…',
    online: 'En ligne',
    offline: 'Hors ligne',
    invite: 'Inviter à jouer',
    more: 'Plus',
    profile: 'Voir le profil',
    block: (name: string) => `Bloquer ${name}`,
    unblock: (name: string) => `Débloquer ${name}`,
    blockMeans:
      'Vous ne pourrez plus vous écrire ni jouer ensemble, et vous ne serez plus amis. Ce qui est écrit reste.',
    blockNow: 'Bloquer',
  },
});
