import type { Environment } from '../environment.ts';
import { refusalOf } from '../http/refusal.ts';
import type { Transport } from '../http/transport.ts';
import { alone } from './alone.ts';
import type { Session } from './session.ts';

/** The server answers a second use of what was renewed for some seconds longer than this. */
const LOCK_PATIENCE_MS = 5000;
const LEAD_MS = 60_000;
/** When this clock says that the session has ended long ago, and it has not, the clock is wrong. */
const AGAIN_MS = 30_000;
const SOONEST_MS = 1000;
/** Clocks that differ by less are one. */
const SKEW_MS = 5000;

/** Renews the session before its access token ends, and when the server asks for it: once for all tabs of the browser. */
export class Renewal {
  readonly #environment: Environment;
  readonly #session: Session;
  readonly #transport: Transport;
  #running: Promise<boolean> | null = null;
  #isStarted = false;
  #expiresAt = '';
  #lifeMs = 0;
  /** How far the server's clock is ahead of this one. */
  #skewMs = 0;
  #cancel: (() => void) | null = null;

  constructor(environment: Environment, session: Session, transport: Transport) {
    this.#environment = environment;
    this.#session = session;
    this.#transport = transport;
  }

  /** From now on it is renewed in time. */
  start(): void {
    this.#isStarted = true;
    this.#schedule();
  }

  stop(): void {
    this.#isStarted = false;
    this.#cancel?.();
  }

  /** When the newest access token ends; `date`: by the server's clock it is this now. */
  told(expiresAt: string, date?: string): void {
    if (this.#session.token) return;
    const skewMs = date === undefined ? this.#skewMs : Date.parse(date) - this.#environment.now();
    if (expiresAt === this.#expiresAt && Math.abs(skewMs - this.#skewMs) < SKEW_MS) return;
    this.#expiresAt = expiresAt;
    this.#skewMs = skewMs;
    this.#lifeMs = this.#leftMs();
    this.#schedule();
  }

  /**
   * `seen`: the session's `mark` when that was sent which the server did not take. Resolves with true when it is worth
   * being sent again, with false when nobody is signed in any more. Rejects when that cannot be known now.
   */
  renew(seen: string): Promise<boolean> {
    if (this.#session.token) return Promise.resolve(true);
    this.#running ??= alone(this.#environment, 'rally-renewal', LOCK_PATIENCE_MS, () =>
      this.#refresh(seen),
    ).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #refresh(seen: string): Promise<boolean> {
    const isRenewed = () => this.#session.mark !== seen;
    if (isRenewed()) return true;
    const answer = await this.#transport('POST', '/refresh');
    if (answer.status < 300) {
      this.told(this.#session.expiresAt);
      return true;
    }
    // Another tab has done it meanwhile, where there are no locks.
    if (isRenewed()) return true;
    if (answer.status !== 401 && answer.status !== 403) throw refusalOf(answer);
    this.#session.signedOut(true);
    return false;
  }

  #leftMs(): number {
    return Date.parse(this.#expiresAt) - this.#environment.now() - this.#skewMs;
  }

  #schedule(): void {
    this.#cancel?.();
    if (!this.#isStarted || this.#expiresAt === '') return;
    const { random, setTimer } = this.#environment;
    const leftMs = this.#leftMs();
    const leadMs = Math.min(LEAD_MS, this.#lifeMs / 5) * (1 + random() / 2);
    this.#cancel = setTimer(
      () => void this.#due(),
      leftMs > 0 ? Math.max(SOONEST_MS, leftMs - leadMs) : AGAIN_MS,
    );
  }

  async #due(): Promise<void> {
    const stored = this.#session.expiresAt;
    if (stored > this.#expiresAt) return this.told(stored);
    try {
      if (await this.renew(this.#session.mark)) this.#schedule();
    } catch {
      this.#schedule();
    }
  }
}
