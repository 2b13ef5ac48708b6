import { useEffect, useRef } from 'preact/hooks';
import type { ChatStore } from '../../client/index.ts';

/**
 * Marks messages as read that somebody can be looking at: the tab is in front and has the focus. Answers what is called whenever
 * others may have come into view.
 */
export function useReading(
  store: ChatStore,
  hasUnread: boolean,
  newestSeen: () => string | undefined,
): () => void {
  const mark = () => {
    if (!hasUnread || document.visibilityState !== 'visible' || !document.hasFocus()) return;
    const id = newestSeen();
    if (id !== undefined) store.markRead(id);
  };
  const current = useRef(mark);
  current.current = mark;
  useEffect(() => {
    const look = () => current.current();
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return mark;
}
