import type { DuelEnd, Profile } from '../../client/index.ts';
import { dictionary, isolated, useWords } from '../kit/dictionary.ts';
import { Icon } from '../kit/icon.tsx';
import { Person } from '../kit/person.tsx';
import { useProfileOf } from '../kit/profile-of.ts';

interface LastDuelProps {
  readonly end: DuelEnd;
  onInvite(opponent: Profile): void;
  onPutAway(): void;
}

/** How the last duel ended, and a way to the next one. */
export function LastDuel({ end, onInvite, onPutAway }: LastDuelProps) {
  const words = useWords(WORDS);
  const endWords = useEndWords();
  return (
    <section class="card last-duel" aria-label={words.title}>
      <p>{endWords(end)}</p>
      {end.username !== null && (
        <Rematch
          key={end.username}
          username={end.username}
          isGame={end.cause === 'finished'}
          onInvite={onInvite}
        />
      )}
      <button
        type="button"
        class="button-icon last-duel-close"
        aria-label={words.putAway}
        onClick={onPutAway}
      >
        <Icon name="close" />
      </button>
    </section>
  );
}

interface RematchProps {
  readonly username: string;
  readonly isGame: boolean;
  onInvite(opponent: Profile): void;
}

function Rematch({ username, isGame, onInvite }: RematchProps) {
  const words = useWords(WORDS);
  const opponent = useProfileOf(username);
  return (
    <div class="row">
      <Person profile={opponent} withPresence />
      <button type="button" class="button" onClick={() => onInvite(opponent)}>
        {isGame ? words.again : words.inviteAgain}
      </button>
    </div>
  );
}

/** What is said of an end. */
export function useEndWords(): (end: DuelEnd) => string {
  const { ends, endsWith } = useWords(WORDS);
  return ({ cause, username }) => (username === null ? ends[cause] : endsWith[cause](isolated(username)));
}

const WORDS = dictionary({
  en: {
    title: 'The last duel',
    putAway: 'Put it away',
    again: 'Play again',
    inviteAgain: 'Invite again',
    ends: {
      declined: 'Your invitation was declined.',
      cancelled: 'Your invitation was cancelled.',
      refused: 'Your invitation could not be sent.',
      expired: 'Your invitation ended without an answer.',
      finished: 'The game is over.',
    },
    endsWith: {
      declined: (name: string) => `${name} has declined your invitation.`,
      cancelled: (name: string) => `Your invitation to ${name} was cancelled.`,
      refused: (name: string) => `Your invitation to ${name} could not be sent.`,
      expired: (name: string) => `${name} did not answer in time, so your invitation has ended.`,
      finished: (name: string) => `Your game against ${name} is over.`,
    },
  },
  fr: {
    title: 'Le dernier duel',
    putAway: 'Ranger',
    again: 'Rejouer',
    inviteAgain: 'Inviter à nouveau',
    ends: {
      declined: 'Votre invitation a été refusée.',
      cancelled: 'Votre invitation a été annulée.',
      refused: 'Votre invitation n’a pas pu être envoyée.',
      expired: 'Votre invitation est restée sans réponse.',
      finished: 'La partie est terminée.',
    },
    endsWith: {
      declined: (name: string) => `${name} a refusé votre invitation.`,
      cancelled: (name: string) => `Votre invitation à ${name} a été annulée.`,
      refused: (name: string) => `Votre invitation à ${name} n’a pas pu être envoyée.`,
      expired: (name: string) => `${name} n’a pas répondu à temps : votre invitation est terminée.`,
      finished: (name: string) => `Votre partie contre ${name} est terminée.`,
    },
  },
});
