import { useState } from 'preact/hooks';
import type { UserDetails } from '../../client/index.ts';
import { InviteGameModal } from '../duel/invite-game-modal.tsx';
import { useAction } from '../kit/action.ts';
import { Confirmation } from '../kit/confirmation.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Icon } from '../kit/icon.tsx';
import { Link } from '../kit/link.tsx';
import { Problem } from '../kit/problem.tsx';
import { useRally } from '../kit/surroundings.ts';

interface ProfileActionsProps {
  readonly user: UserDetails;
  /** How the two stand to each other has changed. */
  onChanged(): void;
}

/** What one can do with somebody. A block by either side leaves little. */
export function ProfileActions({ user, onChanged }: ProfileActionsProps) {
  const words = useWords(WORDS);
  const { api } = useRally();
  const [asked, setAsked] = useState<'invite' | 'block' | null>(null);
  const { username, is_friend, is_blocked_user, is_blocked_by_user } = user;
  const change = useAction(async () => {
    if (is_blocked_user) await api.unblockUser(username);
    else if (is_friend) await api.removeFriend(username);
    else await api.addFriend(username);
    onChanged();
  });
  const isBlocked = is_blocked_user || is_blocked_by_user;
  return (
    <>
      {isBlocked && (
        <p class="profile-blocked">
          <Icon name="block" /> {is_blocked_user ? words.youBlock : words.blocksYou}
        </p>
      )}
      <Problem error={change.error} />
      <div class="buttons">
        {!isBlocked && (
          <>
            <Link class="button is-primary" to={{ page: 'chat', username }}>
              <Icon name="chat" /> {words.write}
            </Link>
            <button type="button" class="button" onClick={() => setAsked('invite')}>
              <Icon name="duel" /> {words.invite}
            </button>
          </>
        )}
        {(is_blocked_user || !isBlocked) && (
          <button type="button" class="button" aria-busy={change.isRunning} onClick={() => change.run()}>
            {!isBlocked && <Icon name={is_friend ? 'check' : 'person-add'} />}
            {is_blocked_user ? words.unblock : is_friend ? words.removeFriend : words.addFriend}
          </button>
        )}
        {!is_blocked_user && (
          <button type="button" class="button is-danger" onClick={() => setAsked('block')}>
            <Icon name="block" /> {words.block}
          </button>
        )}
      </div>
      {asked === 'invite' && <InviteGameModal opponent={user} onClose={() => setAsked(null)} />}
      {asked === 'block' && (
        <Confirmation
          title={words.block}
          action={words.block}
          onConfirm={async () => {
            await api.blockUser(username);
            onChanged();
          }}
          onClose={() => setAsked(null)}
        >
          <bdi>{user.nickname}</bdi>
          {words.blockMeans}
        </Confirmation>
      )}
    </>
  );
}

const WORDS = dictionary({
  en: {
    write: 'Send message',
    invite: 'Invite to play',
    addFriend: 'Add friend',
    removeFriend: 'Remove friend',
    block: 'Block',
    unblock: 'Unblock',
    youBlock: 'You have blocked them. Neither of you can write to the other.',
    blocksYou: 'They have blocked you.',
    blockMeans:
      ' will not find you any more. Neither of you can write to the other or invite them, and you are no friends any longer.',
  },
  fr: {
    write: 'Envoyer un message',
    invite: 'Inviter à jouer',
    addFriend: 'Ajouter aux amis',
    removeFriend: 'Retirer des amis',
    block: 'Bloquer',
    unblock: 'Débloquer',
    youBlock: 'Vous bloquez cette personne. Vous ne pouvez plus vous écrire.',
    blocksYou: 'Cette personne vous bloque.',
    blockMeans:
      ' ne vous trouvera plus. Vous ne pourrez plus vous écrire ni vous inviter, et vous ne serez plus amis.',
  },
});
