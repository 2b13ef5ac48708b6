import { useState } from 'preact/hooks';
import { GameOptionsForm, USUAL_OPTIONS } from '../duel/game-options-form.tsx';
import { useAction } from '../kit/action.ts';
import { Choice } from '../kit/choice.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Field } from '../kit/field.tsx';
import { Problem } from '../kit/problem.tsx';
import { problemOfField } from '../kit/problems.ts';
import { useRally, useSurroundings } from '../kit/surroundings.ts';

interface AnnounceTournamentProps {
  onAnnounced(): void;
  onClose(): void;
}

const PARTICIPANTS = [4, 8] as const;

/** Announces a tournament to everybody. */
export function AnnounceTournament({ onAnnounced, onClose }: AnnounceTournamentProps) {
  const words = useWords(WORDS);
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
          problem={problemOfField(announce.error, 'name') && words.notBlank}
        />
        <Field
          label={words.alias}
          hint={words.aliasHint}
          value={alias}
          onInput={setAlias}
          maxLength={12}
          required
          problem={problemOfField(announce.error, 'alias') && words.notBlank}
        />
        <Choice
          label={words.players}
          choices={PARTICIPANTS}
          nameOf={(count) => `${count}`}
          chosen={required_participants}
          onChoose={(count) => setParticipants(count)}
        />
        <GameOptionsForm options={settings} onChange={setSettings} />
        <Problem error={announce.error} />
        <button type="submit" class="button is-primary" aria-busy={announce.isRunning}>
          {words.announce}
        </button>
      </form>
    </Dialog>
  );
}

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
