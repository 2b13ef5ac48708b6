import type { ComponentChildren } from 'preact';
import { ConnectionBanner } from '../connection/connection-banner.tsx';
import { type Announcer, LiveRegion } from '../kit/announcer.tsx';
import { dictionary, useWords } from '../kit/dictionary.ts';
import { EmptyState, LoadingRows } from '../kit/empty-state.tsx';
import { useReadable } from '../kit/readable.ts';
import { type Surroundings, SurroundingsContext, useRally, useSurroundings } from '../kit/surroundings.ts';
import { ToastList, type Toasts } from '../kit/toasts.tsx';

interface EmbeddedProps {
  readonly surroundings: Surroundings;
  readonly announcer: Announcer;
  readonly toasts: Toasts;
  /** For somebody who is signed in. */
  readonly children: ComponentChildren;
}

/** All that stands in the shadow root of an element. */
export function Embedded({ surroundings, announcer, toasts, children }: EmbeddedProps) {
  return (
    <SurroundingsContext.Provider value={surroundings}>
      <div class="embedded" lang={surroundings.language}>
        <ConnectionBanner />
        <div class="embedded-content">
          <ForMembers>{children}</ForMembers>
        </div>
        <ToastList toasts={toasts} />
        <LiveRegion announcer={announcer} />
      </div>
    </SurroundingsContext.Provider>
  );
}

function ForMembers({ children }: { readonly children: ComponentChildren }) {
  const words = useWords(WORDS);
  const { navigation } = useSurroundings();
  const session = useReadable(useRally().session);
  if (session.phase === 'unknown') return <LoadingRows />;
  if (session.phase === 'signed_in') return <>{children}</>;
  return (
    <EmptyState icon="chat" title={words.signedOut}>
      <a class="button is-primary" href={navigation.href({ page: 'chat' })} target="_blank" rel="noopener">
        {words.signIn}
      </a>
    </EmptyState>
  );
}

const WORDS = dictionary({
  en: { signedOut: 'Sign in to talk, meet and play.', signIn: 'Sign in' },
  fr: { signedOut: 'Connectez-vous pour parler, rencontrer et jouer.', signIn: 'Se connecter' },
});
