import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { GameSettings, Profile, Self } from '../../client/index.ts';
import { useAction } from '../kit/action.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Problem } from '../kit/problem.tsx';
import { useRally, useSurroundings } from '../kit/surroundings.ts';
import { Duelists } from './duelists.tsx';
import { GameOptions } from './game-options-form.tsx';

interface GameProps {
  readonly me: Self;
  readonly gameId: string;
  /** null: nobody any more. */
  readonly opponent: Profile | null;
  readonly settings: Partial<GameSettings> | null;
  /** null: it was under way before. */
  readonly startedAt: number | null;
}

/** An accepted duel: it starts, and then the way to the game. Without a game server, the players say when it is over. */
export function Game({ me, gameId, opponent, settings, startedAt }: GameProps) {
  const words = useWords(WORDS);
  const { gameUrl } = useSurroundings();
  const left = useCountdown(startedAt);
  const name = opponent && <bdi>{opponent.nickname}</bdi>;
  return (
    <section class="card duel-stage">
      <Duelists me={me} opponent={opponent}>
        {left > 0 && (
          <span key={left} class="countdown" aria-hidden="true">
            {left}
          </span>
        )}
      </Duelists>
      <h1>{left > 0 ? words.starting : name ? words.against(name) : words.playing}</h1>
      {settings && <GameOptions settings={settings} />}
      {left === 0 && (gameUrl === null ? <PlainGame /> : <GameLink href={addressOf(gameUrl, gameId)} />)}
    </section>
  );
}

const addressOf = (gameUrl: string, gameId: string): string =>
  gameUrl.replace('{game_id}', encodeURIComponent(gameId));

function GameLink({ href }: { readonly href: string }) {
  const words = useWords(WORDS);
  return (
    <a class="button is-primary" href={href} target="_blank" rel="noopener">
      {words.open}
    </a>
  );
}

function PlainGame() {
  const words = useWords(WORDS);
  const { stores } = useRally();
  const finish = useAction(() => stores.duel.finish());
  return (
    <>
      <p class="quiet">{words.noServer}</p>
      <Problem error={finish.error} />
      <button type="button" class="button" aria-busy={finish.isRunning} onClick={() => finish.run()}>
        {words.end}
      </button>
    </>
  );
}

const COUNTED_FROM = 3;
const SECOND_MS = 1000;
const TICK_MS = 100;

/** Seconds until the game starts: from three down to none. */
function useCountdown(startedAt: number | null): number {
  const secondsLeft = () => {
    if (startedAt === null) return 0;
    const passed = Math.floor((Date.now() - startedAt) / SECOND_MS);
    return Math.min(COUNTED_FROM, Math.max(0, COUNTED_FROM - passed));
  };
  const [left, setLeft] = useState(secondsLeft);
  const isOver = left === 0;
  useEffect(() => {
    if (isOver) return;
    const timer = setInterval(() => setLeft(secondsLeft), TICK_MS);
    return () => clearInterval(timer);
  }, [isOver]);
  return left;
}

const WORDS = dictionary({
  en: {
    starting: 'Get ready!',
    against: (name: ComponentChildren) => <>You play against {name}</>,
    playing: 'You are in a game',
    open: 'Open the game',
    noServer:
      'There is no game server here: play wherever you like. When you are done, one of you ends the game.',
    end: 'End the game',
  },
  fr: {
    starting: 'Préparez-vous !',
    against: (name: ComponentChildren) => <>Vous jouez contre {name}</>,
    playing: 'Vous êtes dans une partie',
    open: 'Ouvrir la partie',
    noServer:
      'Il n’y a pas de serveur de jeu ici : jouez où vous voulez. À la fin, l’un de vous termine la partie.',
    end: 'Terminer la partie',
  },
});
