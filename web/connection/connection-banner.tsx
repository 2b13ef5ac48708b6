import { useEffect, useState } from 'preact/hooks';
import type { Connection } from '../../client/index.ts';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { Icon } from '../kit/icon.tsx';
import { useReadable } from '../kit/readable.ts';
import { useRally } from '../kit/surroundings.ts';

/** A connection that is back so soon was never away for those who look. */
const PATIENCE_MS = 2000;
const TICK_MS = 1000;

/** Says what is the matter while the connection is not what it should be, and what happens next. Gone when all is loaded again. */
export function ConnectionBanner() {
  const words = useWords(WORDS);
  const connection = useReadable(useRally().live.connection);
  const isWell = connection.phase === 'ready' || connection.phase === 'idle';
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (isWell) return setShown(false);
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isWell]);
  const retryAt = connection.phase === 'waiting' ? connection.retryAt : null;
  const seconds = useSecondsUntil(retryAt);
  if (isWell || !isShown) return null;
  return (
    <div class="connection-banner" role="status">
      <Icon name={connection.phase === 'catching_up' ? 'retry' : 'warning'} />
      <span>{says(connection, words)}</span>
      {seconds !== null && seconds > 0 && <span aria-hidden="true">{words.nextTry(seconds)}</span>}
    </div>
  );
}

function says(connection: Connection, words: typeof WORDS.en): string {
  if (connection.phase === 'waiting') return words.waiting[connection.cause];
  if (connection.phase === 'closed') return words.closed[connection.cause];
  if (connection.phase === 'idle' || connection.phase === 'ready') return '';
  return words[connection.phase];
}

/** Counts down. null: there is nothing to wait for. */
function useSecondsUntil(moment: number | null): number | null {
  const left = () => (moment === null ? null : Math.max(0, Math.ceil((moment - Date.now()) / 1000)));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left);
    if (moment === null) return;
    const timer = setInterval(() => setSeconds(left), TICK_MS);
    return () => clearInterval(timer);
  }, [moment]);
  return seconds;
}

const WORDS = dictionary({
  en: {
    offline: 'You are offline. What you write is kept, and sent when you are back.',
    connecting: 'Connecting…',
    catching_up: 'Catching up…',
    nextTry: (seconds: number) => `Next try in ${seconds} s`,
    waiting: {
      unreachable: 'No connection to the server. What you write is kept.',
      silent: 'The server is not heard any more. What you write is kept.',
      server_restarts: 'The server restarts. It comes back by itself.',
      too_slow: 'This connection is too slow. It is tried again.',
      rate_limited: 'That was a little fast. It goes on in a moment.',
      too_many_tabs: 'Rally is open in too many tabs. Close some of them.',
    },
    closed: {
      signed_out: 'You are signed out.',
      logged_out: 'You are signed out.',
      bad_data: 'This page and the server do not understand each other. Load it again.',
      unknown_route: 'There is no Rally at this address.',
    },
  },
  fr: {
    offline: 'Vous êtes hors ligne. Ce que vous écrivez est gardé, et envoyé à votre retour.',
    connecting: 'Connexion…',
    catching_up: 'Mise à jour…',
    nextTry: (seconds: number) => `Prochain essai dans ${seconds} s`,
    waiting: {
      unreachable: 'Pas de connexion au serveur. Ce que vous écrivez est gardé.',
      silent: 'Le serveur ne répond plus. Ce que vous écrivez est gardé.',
      server_restarts: 'Le serveur redémarre. La connexion revient d’elle-même.',
      too_slow: 'Cette connexion est trop lente. Un nouvel essai suit.',
      rate_limited: 'C’était un peu rapide. Cela reprend dans un instant.',
      too_many_tabs: 'Rally est ouvert dans trop d’onglets. Fermez-en quelques-uns.',
    },
    closed: {
      signed_out: 'Vous êtes déconnecté.',
      logged_out: 'Vous êtes déconnecté.',
      bad_data: 'Cette page et le serveur ne se comprennent pas. Rechargez-la.',
      unknown_route: 'Il n’y a pas de Rally à cette adresse.',
    },
  },
});
