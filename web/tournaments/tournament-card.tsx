import { useState } from 'preact/hooks';
import type { Tournament } from '../../client/index.ts';
import { GameOptions } from '../duel/game-options-form.tsx';
import { Confirmation } from '../kit/confirmation.tsx';
import { useDates } from '../kit/dates.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Link } from '../kit/link.tsx';
import { Person } from '../kit/person.tsx';
import { useReadable } from '../kit/readable.ts';
import { useRally } from '../kit/surroundings.ts';

interface TournamentCardProps {
  readonly tournament: Tournament;
  /** It is all that is shown, with what to do about it. */
  readonly isAlone?: boolean;
  onChanged(): void;
}

/** A tournament, as far as it is known: nobody registers here, whoever wants to take part writes to whom it is of. */
export function TournamentCard({ tournament, isAlone = false, onChanged }: TournamentCardProps) {
  const words = useWords(WORDS);
  const dates = useDates();
  const { api, stores } = useRally();
  const [isClosing, setClosing] = useState(false);
  const isOwn = useReadable(stores.me)?.username === tournament.creator.username;
  const { id, name, creator, alias, settings } = tournament;
  const isOpen = tournament.status === 'pending';
  const date = new Date(tournament.date);
  const Heading = isAlone ? 'h1' : 'h2';
  return (
    <article class="card tournament">
      <header class="row">
        <Heading class="tournament-name">
          {isAlone ? (
            <bdi>{name}</bdi>
          ) : (
            <Link to={{ page: 'tournaments', id }}>
              <bdi>{name}</bdi>
            </Link>
          )}
        </Heading>
        <span class={isOpen ? 'state is-good' : 'state'}>{isOpen ? words.open : words.closed}</span>
      </header>
      <Link class="row-link" to={{ page: 'user', username: creator.username }}>
        <Person profile={creator}>
          {words.playsAs} <bdi>{alias}</bdi>
        </Person>
      </Link>
      <ul class="facts">
        <li>{words.players(tournament.required_participants)}</li>
        <li>
          <time dateTime={tournament.date} title={dates.full(date)}>
            {words.announced} {dates.short(date, new Date())}
          </time>
        </li>
      </ul>
      <GameOptions settings={settings} />
      {isAlone && isOpen && !isOwn && (
        <>
          <p class="quiet">{words.howTo}</p>
          <Link class="button is-primary" to={{ page: 'chat', username: creator.username }}>
            {words.write}
          </Link>
        </>
      )}
      {isOwn && isOpen && (
        <button type="button" class="button is-danger" onClick={() => setClosing(true)}>
          {words.close}
        </button>
      )}
      {isClosing && (
        <Confirmation
          title={words.close}
          action={words.close}
          onConfirm={async () => {
            await api.closeTournament(id);
            onChanged();
          }}
          onClose={() => setClosing(false)}
        >
          {words.closeMeans}
        </Confirmation>
      )}
    </article>
  );
}

const WORDS = dictionary({
  en: {
    open: 'Open',
    closed: 'Closed',
    playsAs: 'plays as',
    players: (count: number) => `${count} players`,
    announced: 'Announced',
    howTo:
      'Rally announces tournaments and does not register players: write to whoever announces it to take part.',
    write: 'Send message',
    close: 'Close the tournament',
    closeMeans: 'It is closed for everybody, and cannot be opened again.',
  },
  fr: {
    open: 'Ouvert',
    closed: 'Fermé',
    playsAs: 'joue sous le nom de',
    players: (count: number) => `${count} joueurs`,
    announced: 'Annoncé',
    howTo: 'Rally annonce les tournois et n’inscrit personne : pour participer, écrivez à qui l’annonce.',
    write: 'Envoyer un message',
    close: 'Fermer le tournoi',
    closeMeans: 'Il est fermé pour tout le monde, et ne peut pas être rouvert.',
  },
});
