import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * For what changes under the hands of whoever uses it, as a list whose items go: when the item that had the focus is gone, the
 * element takes it, in place of the page's beginning. It needs `tabIndex={-1}`, and a name.
 */
export function useKeptFocus<Kind extends HTMLElement>(): RefObject<Kind | null> {
  const element = useRef<Kind>(null);
  const hadFocus = holdsFocus(element.current);
  useLayoutEffect(() => {
    if (hadFocus && !holdsFocus(element.current)) element.current?.focus();
  });
  return element;
}

export const holdsFocus = (element: Element | null): boolean => element?.matches(':focus-within') ?? false;
