import { useState } from 'preact/hooks';
import { RallyError } from '../../client/index.ts';
import { GameOptionsForm, USUAL_OPTIONS } from '../duel/game-options-form.tsx';
import { useAction } from '../kit/action.ts';
import { Choice } from '../kit/choice.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Field } from '../kit/field.tsx';
import { useProblem } from '../kit/problems.ts';
import { useRally, useSurroundings } from '../kit/surroundings.ts';

interface AnnounceTournamentProps {
  onAnnounced(): void;
  onClose(): void;
}

const PARTICIPANTS = [4, 8] as const;

/** Announces a tournament to everybody. */
export function AnnounceTournament({ onAnnounced, onClose }: AnnounceTournamentProps) {
  const words = useWords(WORDS);
  const problem = useProblem();
  const { api } = useRally();
  const { showToast } = useSurroundings();
  const [name, setName] = useState('');
  const [alias, setAlias] = useState('');
  const [required_participants, setParticipants] = useState<4 | 8>(4);
  const [settings, setSettings] = useState(USUAL_OPTIONS);
  const announce = useAction(async () => {
    await api.announceTournament({ name, alias, required_participants, settings });
    onAnnounced();
    onClose();
    showToast({ key: 'tournament', text: words.announced });
  });
  const wrong = fieldsOf(announce.error);
  return (
    <Dialog title={words.title} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void announce.run();
        }}
      >
        <Field
          label={words.name}
          value={name}
          onInput={setName}
          maxLength={50}
          required
          problem={wrong.includes('name') ? words.notBlank : undefined}
        />
        <Field
          label={words.alias}
          hint={words.aliasHint}
          value={alias}
          onInput={setAlias}
          maxLength={12}
          required
          problem={wrong.includes('alias') ? words.notBlank : undefined}
        />
        <Choice
          label={words.players}
          choices={PARTICIPANTS}
          nameOf={(count) => `${count}`}
          chosen={required_participants}
          onChoose={(count) => setParticipants(count)}
        />
        <GameOptionsForm options={settings} onChange={setSettings} />
        {announce.error !== null && (
          <p class="problem" role="alert">
            {problem(announce.error)}
          </p>
        )}
        <button type="submit" class="button is-primary" aria-busy={announce.isRunning}>
          {words.announce}
        </button>
      </form>
    </Dialog>
  );
}

/** The names of those that the server has refused. */
const fieldsOf = (error: unknown): readonly (string | undefined)[] =>
  error instanceof RallyError ? (error.details.fields ?? []).map(({ loc }) => loc.at(-1)) : [];

const WORDS = dictionary({
  en: {
    title: 'Announce a tournament',
    name: 'Name of the tournament',
    alias: 'Your name in it',
    aliasHint: 'Up to 12 characters',
    notBlank: 'Write something that can be seen.',
    players: 'Players',
    announce: 'Announce it to everybody',
    announced: 'Your tournament is announced.',
  },
  fr: {
    title: 'Annoncer un tournoi',
    name: 'Nom du tournoi',
    alias: 'Votre nom dans le tournoi',
    aliasHint: '12 caractères au plus',
    notBlank: 'Écrivez quelque chose de visible.',
    players: 'Joueurs',
    announce: 'L’annoncer à tout le monde',
    announced: 'Votre tournoi est annoncé.',
  },
});
