import type { Api } from '../api.ts';
import type { Environment } from '../environment.ts';
import type { Live } from '../live.ts';
import type { Outbox } from '../outbox.ts';
import type { SessionState } from '../rally.ts';
import { RallyError } from '../rally-error.ts';
import type { Readable } from '../readable.ts';
import type { PushFrame, WelcomeFrame } from '../wire.ts';

export interface StoreParts {
  readonly live: Live;
  readonly api: Pick<
    Api,
    'self' | 'chats' | 'openChat' | 'messages' | 'notifications' | 'markAllNotificationsRead' | 'finishGame'
  >;
  readonly outbox: Outbox;
  readonly session: Readable<SessionState>;
  readonly environment: Pick<Environment, 'now' | 'setTimer' | 'newId'>;
}

/** Something that stores hold of one user. */
export interface Holder {
  receive(frame: PushFrame): void;
  /** Loads what is wanted and not there. null: there has been no `welcome`, but somebody has signed in. */
  wake(welcome: WelcomeFrame['data'] | null): Promise<void> | void;
  /** Forgets everything. What was asked for and is not done rejects with the code. */
  forget(code: 'signed_out' | 'stopped'): void;
}

/** Hands all holders what comes, and makes them forget when it is somebody else who has signed in. */
export class Keeper {
  readonly parts: StoreParts;
  readonly #holders = new Set<Holder>();
  readonly #timers = new Set<() => void>();
  /** undefined: not known yet. null: nobody. */
  #username: string | null | undefined;
  #isOpen = false;

  constructor(parts: StoreParts) {
    this.parts = parts;
  }

  /** Of whom everything is that is held; null: nobody, or not known yet. */
  get username(): string | null {
    return this.#username ?? null;
  }

  get isSignedOut(): boolean {
    return this.parts.session.get().phase === 'signed_out';
  }

  add(holder: Holder): void {
    this.#holders.add(holder);
  }

  /** Listens from now on. Whoever begins to hold something calls it before. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { live, session } = this.parts;
    live.onPush((frame) => {
      for (const holder of this.#holders) holder.receive(frame);
    });
    live.onWelcome((welcome) => this.#wake(welcome));
    session.subscribe(() => this.#look());
    this.#look();
  }

  /** As the environment's, until everything is forgotten. */
  setTimer(callback: () => void, ms: number): () => void {
    const end = this.parts.environment.setTimer(() => {
      this.#timers.delete(end);
      callback();
    }, ms);
    this.#timers.add(end);
    return () => {
      this.#timers.delete(end);
      end();
    };
  }

  forget(code: 'signed_out' | 'stopped'): void {
    for (const end of this.#timers) end();
    this.#timers.clear();
    for (const holder of this.#holders) holder.forget(code);
  }

  #look(): void {
    const session = this.parts.session.get();
    if (session.phase === 'unknown') return;
    const username = session.phase === 'signed_in' ? session.username : null;
    if (username === this.#username) return;
    const isFirst = this.#username === undefined && username !== null;
    this.#username = username;
    if (!isFirst) this.forget('signed_out');
    if (username !== null) void this.#wake(null);
  }

  async #wake(welcome: WelcomeFrame['data'] | null): Promise<void> {
    await Promise.all([...this.#holders].map((holder) => holder.wake(welcome)));
  }
}

export const asRallyError = (error: unknown): RallyError =>
  error instanceof RallyError ? error : new RallyError('unexpected_answer', String(error));

/** It did not arrive, or nothing is known of it: what can be said twice is said again at the next `welcome`. */
export const isLost = (error: unknown): boolean =>
  error instanceof RallyError && (error.code === 'not_connected' || error.code === 'unconfirmed');
