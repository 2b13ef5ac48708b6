import { dictionary, useWords } from '../kit/dictionary.ts';
import { useReadable } from '../kit/readable.ts';
import { useRally } from '../kit/surroundings.ts';

/** While it is not known yet who is here. */
export function Splash() {
  const words = useWords(WORDS);
  const { phase } = useReadable(useRally().live.connection);
  const isStuck = phase === 'waiting' || phase === 'offline';
  return (
    <main class="splash">
      <img src="/icon.svg" alt="Rally" width="64" height="64" />
      <p role="status">{isStuck ? words.stuck : ''}</p>
    </main>
  );
}

const WORDS = dictionary({
  en: { stuck: 'The server cannot be reached just now. It is tried again by itself.' },
  fr: { stuck: 'Le serveur ne répond pas pour l’instant. Un nouvel essai suit de lui-même.' },
});
