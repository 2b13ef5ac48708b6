import type { ComponentChildren } from 'preact';
import type { Profile } from '../../client/index.ts';
import { Avatar } from '../kit/avatar.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Icon } from '../kit/icon.tsx';

interface DuelistsProps {
  readonly me: Profile;
  /** null: nobody any more. */
  readonly opponent: Profile | null;
  /** The opponent has not answered. */
  readonly isWaiting?: boolean;
  /** Between the two; none: crossed swords. */
  readonly children?: ComponentChildren;
}

/** The two who meet, face to face. */
export function Duelists({ me, opponent, isWaiting = false, children }: DuelistsProps) {
  const words = useWords(WORDS);
  return (
    <div class={isWaiting ? 'duelists is-waiting' : 'duelists'}>
      <figure>
        <Avatar of={me} size="large" />
        <figcaption>{words.you}</figcaption>
      </figure>
      <span class="duelists-between">{children ?? <Icon name="duel" />}</span>
      <figure>
        {opponent ? (
          <Avatar of={opponent} size="large" withPresence />
        ) : (
          <span class="avatar avatar-large">?</span>
        )}
        <figcaption>{opponent ? <bdi>{opponent.nickname}</bdi> : words.somebody}</figcaption>
      </figure>
    </div>
  );
}

const WORDS = dictionary({
  en: { you: 'You', somebody: 'Somebody' },
  fr: { you: 'Vous', somebody: 'Quelqu’un' },
});
