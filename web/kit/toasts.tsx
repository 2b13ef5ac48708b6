import { type Signal, signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { dictionary, useWords } from './dictionary.ts';
import { Icon } from './icon.tsx';
import { holdsFocus } from './kept-focus.ts';
import type { Toast } from './surroundings.ts';

const SHOWN_MS = 6000;
/** The oldest go when more come. */
const AT_ONCE = 4;

export class Toasts {
  readonly shown: Signal<readonly Toast[]> = signal([]);
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  show(toast: Toast): void {
    this.dismiss(toast.key);
    const shown = [...this.shown.value, toast];
    for (const { key } of shown.slice(0, -AT_ONCE)) this.dismiss(key);
    this.shown.value = shown.slice(-AT_ONCE);
    if (!toast.actions)
      this.#timers.set(
        toast.key,
        setTimeout(() => this.dismiss(toast.key), SHOWN_MS),
      );
  }

  dismiss(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.shown.value = this.shown.value.filter((toast) => toast.key !== key);
  }

  stop(): void {
    for (const { key } of this.shown.value) this.dismiss(key);
  }
}

/** Whoever answers one by keyboard goes on where they were before. */
export function ToastList({ toasts }: { readonly toasts: Toasts }) {
  const words = useWords(WORDS);
  const shown = toasts.shown.value;
  const region = useRef<HTMLElement>(null);
  const cameFrom = useRef<HTMLElement | null>(null);
  const hadFocus = holdsFocus(region.current);
  useLayoutEffect(() => {
    if (hadFocus && !holdsFocus(region.current)) cameFrom.current?.focus();
  });
  if (shown.length === 0) return null;
  return (
    <section
      ref={region}
      class="toast-region"
      aria-label={words.toasts}
      onFocusIn={({ relatedTarget }) => {
        const isFromOutside =
          relatedTarget instanceof HTMLElement && !region.current?.contains(relatedTarget);
        if (isFromOutside) cameFrom.current = relatedTarget;
      }}
    >
      <ul class="toasts">
        {shown.map(({ key, text, actions }) => (
          <li key={key} class="toast">
            <div class="toast-text">{text}</div>
            {actions?.(() => toasts.dismiss(key))}
            <button
              type="button"
              class="button-icon"
              aria-label={words.dismiss}
              onClick={() => toasts.dismiss(key)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const WORDS = dictionary({
  en: { toasts: 'News', dismiss: 'Dismiss' },
  fr: { toasts: 'Nouvelles', dismiss: 'Masquer' },
});
