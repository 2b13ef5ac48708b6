import { useEffect, useState } from 'preact/hooks';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { EmptyState, LoadFailed, LoadingRows } from '../kit/empty-state.tsx';
import { EndOfList } from '../kit/end-of-list.tsx';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { Link } from '../kit/link.tsx';
import { useLoaded, useLoadedList } from '../kit/loaded.ts';
import { useRally } from '../kit/surroundings.ts';
import { AnnounceTournament } from './announce-tournament.tsx';
import { TournamentCard } from './tournament-card.tsx';

/** One tournament, or all of them, newest first, and the announcement of one's own. */
export function TournamentsPage({ id }: { readonly id?: string | undefined }) {
  return id === undefined ? <AllTournaments /> : <OneTournament key={id} id={id} />;
}

function AllTournaments() {
  const words = useWords(WORDS);
  const { api } = useRally();
  const [isAnnouncing, setAnnouncing] = useState(false);
  const { items, status, error, hasMore, loadMore, reload } = useLoadedList((page) => api.tournaments(page));
  const list = useKeptFocus<HTMLUListElement>();
  useTournamentNews(reload);
  return (
    <div class="narrow">
      <header class="row">
        <h1>{words.title}</h1>
        <button type="button" class="button is-primary" onClick={() => setAnnouncing(true)}>
          {words.announce}
        </button>
      </header>
      <ul ref={list} tabIndex={-1} class="tournaments" aria-label={words.title}>
        {items.map((tournament) => (
          <li key={tournament.id}>
            <TournamentCard tournament={tournament} onChanged={reload} />
          </li>
        ))}
      </ul>
      {status === 'failed' && <LoadFailed error={error} onRetry={loadMore} />}
      {status === 'loading' && <LoadingRows count={items.length > 0 ? 1 : 4} />}
      {status === 'loaded' && hasMore && <EndOfList onNear={loadMore} />}
      {status === 'loaded' && items.length === 0 && <EmptyState icon="trophy" title={words.none} />}
      {isAnnouncing && <AnnounceTournament onAnnounced={reload} onClose={() => setAnnouncing(false)} />}
    </div>
  );
}

function OneTournament({ id }: { readonly id: string }) {
  const words = useWords(WORDS);
  const { api } = useRally();
  const { value: tournament, error, reload } = useLoaded(() => api.tournament(id));
  useTournamentNews(reload);
  return (
    <div class="narrow">
      <p>
        <Link to={{ page: 'tournaments' }}>{words.all}</Link>
      </p>
      {tournament && <TournamentCard tournament={tournament} onChanged={reload} isAlone />}
      {!tournament && error !== null && <LoadFailed error={error} onRetry={reload} />}
      {!tournament && error === null && <LoadingRows count={2} />}
    </div>
  );
}

/** Calls back when there is another one, or one is closed. */
function useTournamentNews(onNews: () => void): void {
  const { live } = useRally();
  useEffect(() => {
    const ends = [
      live.on('new_tournament', onNews),
      live.on('notification_updated', ({ data }) => {
        if (data.status === 'closed') onNews();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [live]);
}

const WORDS = dictionary({
  en: {
    title: 'Tournaments',
    all: 'All tournaments',
    announce: 'Announce one',
    none: 'There has been no tournament yet. Announce the first one: everybody hears of it.',
  },
  fr: {
    title: 'Tournois',
    all: 'Tous les tournois',
    announce: 'En annoncer un',
    none: 'Aucun tournoi pour l’instant. Annoncez le premier : tout le monde l’apprendra.',
  },
});
