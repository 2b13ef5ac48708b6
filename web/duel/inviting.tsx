import type { ComponentChildren } from 'preact';
import type { GameSettings, Self } from '../../client/index.ts';
import { useAction } from '../kit/action.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Problem } from '../kit/problem.tsx';
import { useProfileOf } from '../kit/profile-of.ts';
import { useRally } from '../kit/surroundings.ts';
import { Invitations } from './duel-menu.tsx';
import { Duelists } from './duelists.tsx';
import { GameOptions } from './game-options-form.tsx';

interface InvitingProps {
  readonly me: Self;
  /** null: nobody any more. */
  readonly username: string | null;
  readonly settings: Partial<GameSettings> | null;
}

/** An invitation of one's own that nobody has answered yet. */
export function Inviting({ me, username, settings }: InvitingProps) {
  const words = useWords(WORDS);
  const { stores } = useRally();
  const cancel = useAction(() => stores.duel.cancel());
  return (
    <>
      <section class="card duel-stage">
        {username === null ? (
          <h1>{words.waiting}</h1>
        ) : (
          <Invited key={username} me={me} username={username} />
        )}
        {settings && <GameOptions settings={settings} />}
        <p class="quiet">{words.ends}</p>
        <Problem error={cancel.error} />
        {username !== null && (
          <button type="button" class="button" aria-busy={cancel.isRunning} onClick={() => cancel.run()}>
            {words.cancel}
          </button>
        )}
      </section>
      <Invitations />
    </>
  );
}

function Invited({ me, username }: { readonly me: Self; readonly username: string }) {
  const words = useWords(WORDS);
  const opponent = useProfileOf(username);
  return (
    <>
      <Duelists me={me} opponent={opponent} isWaiting />
      <h1>{words.waitingFor(<bdi>{opponent.nickname}</bdi>)}</h1>
    </>
  );
}

const WORDS = dictionary({
  en: {
    waiting: 'Your invitation is under way',
    waitingFor: (name: ComponentChildren) => <>Waiting for {name} to answer</>,
    ends: 'You may look elsewhere meanwhile. An invitation that nobody answers ends after a while.',
    cancel: 'Cancel the invitation',
  },
  fr: {
    waiting: 'Votre invitation est en cours',
    waitingFor: (name: ComponentChildren) => <>En attente de la réponse de {name}</>,
    ends: 'Vous pouvez faire autre chose en attendant. Une invitation sans réponse finit d’elle-même.',
    cancel: 'Annuler l’invitation',
  },
});
