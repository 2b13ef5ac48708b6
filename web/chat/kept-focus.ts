import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** When what had the focus goes, because it was deleted or is too far away to be drawn, the focus is on what held it. */
export function useKeptFocus(holder: RefObject<HTMLElement | null>): void {
  const focused = useRef<Element | null>(null);
  useEffect(() => {
    const keep = ({ target }: FocusEvent) => {
      focused.current = target instanceof Element ? target : null;
    };
    holder.current?.addEventListener('focusin', keep);
    return () => holder.current?.removeEventListener('focusin', keep);
  }, []);
  useLayoutEffect(() => {
    if (!focused.current || focused.current.isConnected || !holder.current) return;
    focused.current = null;
    const root = holder.current.getRootNode();
    const active = root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
    if (active === null || active === document.body) holder.current.focus({ preventScroll: true });
  });
}
