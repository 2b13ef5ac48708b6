import { type Signal, signal } from '@preact/signals';

const SUMMED_UP_WITHIN_MS = 1000;
const AT_ONCE = 3;

/** What the one live region of a page says. */
export class Announcer {
  readonly text: Signal<string> = signal('');
  readonly #sumUp: (count: number) => string;
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `sumUp`: what is said in place of so many. */
  constructor(sumUp: (count: number) => string) {
    this.#sumUp = sumUp;
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
    const said = texts.length > AT_ONCE ? this.#sumUp(texts.length) : texts.join('. ');
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
