import { useState } from 'preact/hooks';
import { type Profile, RallyError } from '../../client/index.ts';
import { useAction } from '../kit/action.ts';
import { Dialog } from '../kit/dialog.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Link } from '../kit/link.tsx';
import { Person } from '../kit/person.tsx';
import { Problem } from '../kit/problem.tsx';
import { useSurroundings } from '../kit/surroundings.ts';
import { GameOptionsForm, USUAL_OPTIONS } from './game-options-form.tsx';

interface InviteGameModalProps {
  readonly opponent: Profile;
  onClose(): void;
}

/** Chooses how a game is to be played, and invites somebody to it. Leads to the duel when the invitation is sent. */
export function InviteGameModal({ opponent, onClose }: InviteGameModalProps) {
  const words = useWords(WORDS);
  const { rally, navigation } = useSurroundings();
  const [options, setOptions] = useState(USUAL_OPTIONS);
  const invite = useAction(async () => {
    await rally.stores.duel.invite(opponent.username, options);
    onClose();
    navigation.go({ page: 'duel' });
  });
  return (
    <Dialog title={words.title} onClose={onClose}>
      <Person profile={opponent} withPresence />
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void invite.run();
        }}
      >
        <GameOptionsForm options={options} onChange={setOptions} />
        <Problem error={invite.error}>
          {' '}
          {isUnconfirmed(invite.error) && <Link to={{ page: 'duel' }}>{words.look}</Link>}
        </Problem>
        <button type="submit" class="button is-primary" aria-busy={invite.isRunning}>
          {words.invite}
        </button>
      </form>
    </Dialog>
  );
}

/** It may have happened all the same. */
const isUnconfirmed = (error: unknown): boolean =>
  error instanceof RallyError && error.code === 'unconfirmed';

const WORDS = dictionary({
  en: { title: 'Invite to play', invite: 'Send the invitation', look: 'To the duel' },
  fr: { title: 'Inviter à jouer', invite: 'Envoyer l’invitation', look: 'Vers le duel' },
});
