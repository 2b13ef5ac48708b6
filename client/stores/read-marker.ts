import { isLost, type Keeper } from './keeper.ts';

/** Markers are sent this far apart: who scrolls reads many messages. */
const APART_MS = 500;

/** The newest message that this user has seen of one chat, on its way to the server. */
export class ReadMarker {
  readonly #keeper: Keeper;
  readonly #send: (id: string) => Promise<unknown>;
  #wanted: string | null = null;
  #sending: string | null = null;
  #isResting = false;

  constructor(keeper: Keeper, send: (id: string) => Promise<unknown>) {
    this.#keeper = keeper;
    this.#send = send;
  }

  /** null: nothing is on its way. */
  get wanted(): string | null {
    return this.#wanted;
  }

  set(id: string): void {
    this.#wanted = id;
    this.sendAgain();
  }

  /** What is not known to have arrived, when it may be sent. */
  sendAgain(): void {
    const id = this.#wanted;
    if (id === null || id === this.#sending || this.#isResting) return;
    this.#isResting = true;
    this.#sending = id;
    this.#keeper.setTimer(() => {
      this.#isResting = false;
      this.sendAgain();
    }, APART_MS);
    this.#send(id).then(
      () => this.#sent(id, true),
      (error: unknown) => this.#sent(id, !isLost(error)),
    );
  }

  forget(): void {
    this.#wanted = null;
    this.#sending = null;
    this.#isResting = false;
  }

  #sent(id: string, isDone: boolean): void {
    if (this.#sending === id) this.#sending = null;
    if (isDone && this.#wanted === id) this.#wanted = null;
  }
}
