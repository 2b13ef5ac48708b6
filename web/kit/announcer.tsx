import { type Signal, signal } from '@preact/signals';
import { dictionary } from './dictionary.ts';
import type { Language } from './language.ts';

const SUMMED_UP_WITHIN_MS = 1000;
const AT_ONCE = 3;

/** What the one live region of a page says. */
export class Announcer {
  readonly text: Signal<string> = signal('');
  readonly #language: () => Language;
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `language`: what is said in place of many is said in it. */
  constructor(language: () => Language) {
    this.#language = language;
  }

  announce(text: string): void {
    this.#waiting.push(text);
    this.#timer ??= setTimeout(() => this.#speak(), SUMMED_UP_WITHIN_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }

  #speak(): void {
    const texts = this.#waiting;
    this.#waiting = [];
    this.#timer = undefined;
    const said = texts.length > AT_ONCE ? WORDS[this.#language()].news(texts.length) : texts.join('. ');
    // The same words twice would not be heard the second time.
    this.text.value = said === this.text.value ? `${said}\u00a0` : said;
  }
}

export function LiveRegion({ announcer }: { readonly announcer: Announcer }) {
  return (
    <p class="only-heard" role="status" aria-live="polite">
      {announcer.text}
    </p>
  );
}

const WORDS = dictionary({
  en: { news: (count: number) => `${count} news items` },
  fr: { news: (count: number) => `${count} nouvelles` },
});
