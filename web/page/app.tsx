import { useMemo } from 'preact/hooks';
import { LiveRegion } from '../kit/announcer.tsx';
import { useReadable } from '../kit/readable.ts';
import { type Surroundings, SurroundingsContext } from '../kit/surroundings.ts';
import { SignIn } from '../session/sign-in.tsx';
import type { Page } from './create-page.ts';
import { Member } from './member.tsx';
import { Splash } from './splash.tsx';

/** The page: whoever is signed in sees theirs, others sign in. */
export function App({ page }: { readonly page: Page }) {
  const { rally, address, announcer, toasts, gameUrl, preferences } = page;
  const language = preferences.language.value;
  const session = useReadable(rally.session);
  const surroundings = useMemo<Surroundings>(
    () => ({
      rally,
      language,
      navigation: address,
      announce: (text) => announcer.announce(text),
      showToast: (toast) => toasts.show(toast),
      dismissToast: (key) => toasts.dismiss(key),
      gameUrl,
    }),
    [language],
  );
  return (
    <SurroundingsContext.Provider value={surroundings}>
      {session.phase === 'unknown' && <Splash />}
      {session.phase === 'signed_out' && <SignIn />}
      {session.phase === 'signed_in' && (
        <Member key={session.username} page={page} username={session.username} />
      )}
      <LiveRegion announcer={announcer} />
    </SurroundingsContext.Provider>
  );
}
