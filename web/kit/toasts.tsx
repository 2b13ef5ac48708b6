import { type Signal, signal } from '@preact/signals';
import { dictionary, useWords } from './dictionary.ts';
import { Icon } from './icon.tsx';
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

export function ToastList({ toasts }: { readonly toasts: Toasts }) {
  const words = useWords(WORDS);
  if (toasts.shown.value.length === 0) return null;
  return (
    <section aria-label={words.toasts}>
      <ul class="toasts">
        {toasts.shown.value.map(({ key, text, actions }) => (
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
