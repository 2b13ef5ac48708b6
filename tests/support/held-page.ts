import { type Cursor, isAfter } from '../../protocol/cursor.ts';
import type { Snapshot } from '../../read-models/snapshot.ts';
import type { Frame } from './frame-effects.ts';

export interface Received {
  readonly frame: Frame;
  readonly cursor: Cursor;
}

export type AnyPage = Pick<HeldPage<unknown>, 'shown' | 'discard' | 'load' | 'receive'>;

/** A page as it was loaded, and what frames have made of it. */
export class HeldPage<Shown> {
  readonly #load: () => Promise<Snapshot<Shown>>;
  readonly #apply: (shown: Shown, frame: Frame) => Shown | undefined;
  #held: { readonly shown: Shown; readonly upTo: Cursor } | null = null;

  /** `apply` answers undefined for a frame that tells too little to go on. */
  constructor(
    load: () => Promise<Snapshot<Shown>>,
    apply: (shown: Shown, frame: Frame) => Shown | undefined,
  ) {
    this.#load = load;
    this.#apply = apply;
  }

  /** undefined: it has to be loaded. */
  get shown(): Shown | undefined {
    return this.#held?.shown;
  }

  discard(): void {
    this.#held = null;
  }

  /** If it has to be. `frames`: all that have come, also while the page is on its way. */
  async load(frames: readonly Received[]): Promise<void> {
    if (this.#held) return;
    const { answer, upTo } = await this.#load();
    this.#held = { shown: answer, upTo };
    for (const received of frames) this.receive(received);
  }

  receive({ frame, cursor }: Received): void {
    if (!this.#held || !isAfter(cursor, this.#held.upTo)) return;
    const shown = this.#apply(this.#held.shown, frame);
    this.#held = shown === undefined ? null : { shown, upTo: cursor };
  }
}

export async function shown<Answer, Shown>(
  page: Promise<Snapshot<Answer>>,
  show: (answer: Answer) => Shown,
): Promise<Snapshot<Shown>> {
  const { answer, upTo } = await page;
  return { answer: show(answer), upTo };
}

export function certain<Shown>(shown: Shown | undefined): Shown {
  if (shown === undefined) throw new Error('a page has to be loaded before');
  return shown;
}
