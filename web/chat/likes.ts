import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { MessageRow } from './message-rows.ts';

/** Likes by a click on a message, as the button beside it does. Selecting its text and following its links is neither. */
export function useLikeByClick(scroller: RefObject<HTMLElement | null>, onLike: (id: string) => void): void {
  useEffect(() => {
    const click = ({ target }: MouseEvent) => {
      if (!(target instanceof Element) || target.closest('a, button')) return;
      const message = target.closest('.message-bubble')?.closest<HTMLElement>('[data-message]');
      const isSelecting = getSelection()?.isCollapsed === false;
      if (message?.dataset.message && !isSelecting) onLike(message.dataset.message);
    };
    scroller.current?.addEventListener('click', click);
    return () => scroller.current?.removeEventListener('click', click);
  });
}

export interface LikeButtons {
  /** The message whose button can be reached by Tab: where somebody was last, or the newest. */
  readonly tabStop: string | undefined;
  onFocusIn(event: FocusEvent): void;
  /** Up and down lead from one to the next. */
  onKeyDown(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void;
}

/** One tab stop for the like buttons of all messages that are drawn. */
export function useLikeButtons(drawn: readonly MessageRow[]): LikeButtons {
  const [chosen, setChosen] = useState<string | null>(null);
  const likeable = drawn.filter(({ isOwn }) => !isOwn).map(({ id }) => id);
  return {
    tabStop: chosen !== null && likeable.includes(chosen) ? chosen : likeable.at(-1),
    onFocusIn({ target }) {
      if (target instanceof HTMLElement && target.dataset.like) setChosen(target.dataset.like);
    },
    onKeyDown(event) {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-like]')];
      const at = buttons.findIndex((button) => button.matches(':focus'));
      if (step === 0 || at < 0) return;
      event.preventDefault();
      buttons[at + step]?.focus();
    },
  };
}
