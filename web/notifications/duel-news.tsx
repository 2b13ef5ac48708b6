import { useEffect, useRef } from 'preact/hooks';
import { useEndWords } from '../duel/last-duel.tsx';
import { dictionary, isolated, useWords } from '../kit/dictionary.ts';
import { Link } from '../kit/link.tsx';
import { useReadable } from '../kit/readable.ts';
import type { Route } from '../kit/routes.ts';
import { useSurroundings } from '../kit/surroundings.ts';

const KEY = 'duel';

/** Tells of one's own duel while the duel page is not open: also of what came about while there was no connection. */
export function useDuelNews(route: Route | null): void {
  const words = useWords(WORDS);
  const endWords = useEndWords();
  const { rally, showToast, dismissToast, announce } = useSurroundings();
  const duel = useReadable(rally.stores.duel);
  const isThere = route?.page === 'duel';
  const startedAt = duel.phase === 'playing' ? duel.startedAt : null;
  const ended = duel.phase === 'idle' ? duel.ended : null;
  const told = useRef({ startedAt, ended });
  useEffect(() => {
    const before = told.current;
    told.current = { startedAt, ended };
    if (isThere) return dismissToast(KEY);
    if (duel.phase === 'playing' && startedAt !== null && startedAt !== before.startedAt) {
      const text = words.starts(isolated(duel.opponent?.nickname ?? ''));
      announce(text);
      showToast({ key: KEY, text, actions: (dismiss) => <ToDuel onFollow={dismiss} /> });
    } else if (ended && ended !== before.ended && ended.cause !== 'refused' && ended.cause !== 'cancelled') {
      announce(endWords(ended));
      showToast({ key: KEY, text: endWords(ended) });
    } else if (startedAt === null && before.startedAt !== null) dismissToast(KEY);
  }, [isThere, startedAt, ended]);
}

function ToDuel({ onFollow }: { onFollow(): void }) {
  const words = useWords(WORDS);
  return (
    <Link class="button is-primary is-small" to={{ page: 'duel' }} onLeave={onFollow}>
      {words.toGame}
    </Link>
  );
}

const WORDS = dictionary({
  en: { starts: (opponent: string) => `Your game against ${opponent} starts.`, toGame: 'To the game' },
  fr: { starts: (opponent: string) => `Votre partie contre ${opponent} commence.`, toGame: 'Vers la partie' },
});
