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
  #isHeld = false;

  show(toast: Toast): void {
    clearTimeout(this.#timers.get(toast.key));
    const shown = [...this.shown.value.filter(({ key }) => key !== toast.key), toast];
    for (const { key } of shown.slice(0, -AT_ONCE)) this.dismiss(key);
    this.shown.value = shown.slice(-AT_ONCE);
    if (!this.#isHeld) this.#dismissLater(toast);
  }

  /** While somebody points at them, or has the focus there, all stay. */
  hold(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    for (const toast of this.shown.value) {
      clearTimeout(this.#timers.get(toast.key));
      if (!isHeld) this.#dismissLater(toast);
    }
  }

  dismiss(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.shown.value = this.shown.value.filter((toast) => toast.key !== key);
    // Of what goes under somebody's hands, no event tells that they have left it.
    if (this.shown.value.length === 0) this.#isHeld = false;
  }

  stop(): void {
    for (const { key } of this.shown.value) this.dismiss(key);
  }

  #dismissLater({ key, actions }: Toast): void {
    if (!actions)
      this.#timers.set(
        key,
        setTimeout(() => this.dismiss(key), SHOWN_MS),
      );
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
        toasts.hold(true);
      }}
      onFocusOut={() => toasts.hold(false)}
    >
      <ul class="toasts" onPointerEnter={() => toasts.hold(true)} onPointerLeave={() => toasts.hold(false)}>
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
