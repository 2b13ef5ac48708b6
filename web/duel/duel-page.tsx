import { useEffect, useRef, useState } from 'preact/hooks';
import type { DuelEnd, DuelState, Profile } from '../../client/index.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { LoadingRows } from '../kit/empty-state.tsx';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { useReadable } from '../kit/readable.ts';
import { useSurroundings } from '../kit/surroundings.ts';
import { DuelMenu } from './duel-menu.tsx';
import { Game } from './game.tsx';
import { InviteGameModal } from './invite-game-modal.tsx';
import { Inviting } from './inviting.tsx';
import { LastDuel, useEndWords } from './last-duel.tsx';

/** The duel that is under way, or else the menu from which one begins. */
export function DuelPage() {
  const words = useWords(WORDS);
  const { stores } = useSurroundings().rally;
  const duel = useReadable(stores.duel);
  const me = useReadable(stores.me);
  const [opponent, setOpponent] = useState<Profile | null>(null);
  const [putAway, setPutAway] = useState<DuelEnd | null>(null);
  const page = useKeptFocus<HTMLElement>();
  useAnnouncedDuel(duel);
  return (
    <section class="narrow duel" ref={page} tabIndex={-1} aria-label={words.title}>
      {!me && <LoadingRows />}
      {me && duel.phase === 'idle' && (
        <>
          {duel.ended && duel.ended !== putAway && (
            <LastDuel end={duel.ended} onInvite={setOpponent} onPutAway={() => setPutAway(duel.ended)} />
          )}
          <DuelMenu onInvite={setOpponent} />
        </>
      )}
      {me && duel.phase === 'inviting' && <Inviting {...duel} me={me} />}
      {me && duel.phase === 'playing' && <Game key={duel.gameId} {...duel} me={me} />}
      {opponent && <InviteGameModal opponent={opponent} onClose={() => setOpponent(null)} />}
    </section>
  );
}

/** Says what becomes of the duel to those who hear the page. */
function useAnnouncedDuel(duel: DuelState): void {
  const words = useWords(WORDS);
  const endWords = useEndWords();
  const { announce } = useSurroundings();
  const before = useRef(duel);
  useEffect(() => {
    const [was, is] = [before.current, duel];
    before.current = duel;
    if (is.phase === 'playing' && was.phase !== 'playing') announce(words.started);
    if (is.phase === 'idle' && is.ended && was.phase !== 'idle') announce(endWords(is.ended));
  }, [duel]);
}

const WORDS = dictionary({
  en: { title: 'Duel', started: 'The game starts.' },
  fr: { title: 'Duel', started: 'La partie commence.' },
});
