import { useEffect } from 'preact/hooks';
import type { Rally } from '../../client/index.ts';
import { useRally } from '../kit/surroundings.ts';

/** No username has a colon. */
const keyOf = (own: string, other: string) => `rally.draft:${own.toLowerCase()}:${other.toLowerCase()}`;

/** What somebody had begun to write to somebody else in this browser; empty: nothing. */
export const readDraft = (own: string, other: string): string =>
  attempt(() => localStorage.getItem(keyOf(own, other))) ?? '';

/** Keeps it until it is sent, over reloads and crashes; empty: there is nothing to keep any more. */
export function keepDraft(own: string, other: string, text: string): void {
  const key = keyOf(own, other);
  attempt(() => (text === '' ? localStorage.removeItem(key) : localStorage.setItem(key, text)));
}

/** Whoever logs out, in whichever tab, leaves nothing of what they had begun to write. A session that ran out is no reason. */
export function useDraftsUntilLogOut(own: string): void {
  const { live } = useRally();
  useEffect(
    () =>
      live.connection.subscribe(() => {
        if (isLoggedOut(live)) forgetDrafts(own);
      }),
    [live, own],
  );
}

function isLoggedOut({ connection }: Rally['live']): boolean {
  const now = connection.get();
  return now.phase === 'closed' && now.cause === 'logged_out';
}

function forgetDrafts(own: string): void {
  attempt(() => {
    const drafts = Object.keys(localStorage).filter((key) => key.startsWith(keyOf(own, '')));
    for (const key of drafts) localStorage.removeItem(key);
  });
}

/** Pages that may not store anything throw at the very name, others when there is no room left. */
function attempt<Value>(use: () => Value): Value | null {
  try {
    return use();
  } catch {
    return null;
  }
}
