import { CLOSE_CODES } from '../../protocol/close-codes.ts';
import type { Environment, Socket, WakeUp } from '../environment.ts';
import type { ClosedCause, Connection, WaitCause } from '../live.ts';
import { RallyError } from '../rally-error.ts';
import { Cell } from '../readable.ts';
import { Backoff } from './backoff.ts';
import { CLOSING, RETURNING } from './close-reactions.ts';
import { Watchdog } from './watchdog.ts';

/** A connection that was welcomed and lasted for so long was a success. */
const HELD_MS = 5000;
/** From opening to the first frame, and from one replayed frame to the next. */
const WELCOME_MS = 30_000;
/** Between two tries, whoever looks at the tab. */
const APART_MS = 1000;
/** After so many without a welcome it is asked whether the session is the reason: a browser does not say. */
const FAILURES = 3;

export interface ConnectorParts {
  readonly environment: Environment;
  /** With the cursor to go on from. */
  readonly url: () => string;
  readonly session: {
    readonly mark: string;
    protocols(): Promise<readonly string[]>;
    signedOut(isOver: boolean): void;
  };
  readonly renew: (seen: string) => Promise<boolean>;
  /** Any request that needs a session. */
  readonly probe: () => Promise<unknown>;
  /** There is a new socket: `message` is called with what comes from it. */
  readonly begin: () => void;
  readonly message: (data: unknown) => void;
  /** There is no socket any more. */
  readonly lost: () => void;
}

/** Keeps one connection: decides when there is to be a socket, and is the only one who opens any. */
export class Connector {
  readonly state = new Cell<Connection>({ phase: 'idle' });
  readonly #parts: ConnectorParts;
  readonly #backoff: Backoff;
  readonly #watchdog: Watchdog;
  /** Grows whenever a socket or a wait is given up: what belongs to an older one is ignored. */
  #generation = 0;
  #socket: Socket | null = null;
  #welcomedAt: number | null = null;
  #cancel: (() => void) | null = null;
  #triedAt = Number.NEGATIVE_INFINITY;
  /** Nobody's looking at the tab brings the next try forward to before this. */
  #notBefore = 0;
  #retryAt = 0;
  #failures = 0;
  /** The session was renewed, and nothing has been welcomed since. */
  #isRenewed = false;

  constructor(parts: ConnectorParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.environment.random);
    this.#watchdog = new Watchdog(parts.environment, () => {
      this.#leave(this.isWelcomed ? () => this.#wait('silent') : () => this.#fail());
    });
  }

  start(): void {
    this.#backoff.reset();
    this.#failures = 0;
    this.#isRenewed = false;
    void this.#connect();
  }

  stop(): void {
    this.#leave(() => this.#phase('idle'));
  }

  /** Somebody has signed in: whatever was, begins anew. Nothing when it is not started. */
  restart(): void {
    if (this.state.get().phase === 'idle') return;
    this.#leave(() => this.start());
  }

  end(cause: ClosedCause): void {
    if (this.state.get().phase !== 'idle') this.#leave(() => this.state.set({ phase: 'closed', cause }));
  }

  /** The welcome has come. `isReady` settles when everything is loaded. */
  welcomed(pingIntervalS: number, isReady: () => Promise<void>): void {
    const isCurrent = this.#current();
    this.#welcomedAt = this.#parts.environment.now();
    this.#failures = 0;
    this.#isRenewed = false;
    this.#watchdog.start(2 * pingIntervalS * 1000);
    this.#phase('catching_up');
    void isReady().then(() => {
      if (isCurrent()) this.#phase('ready');
    });
  }

  get isWelcomed(): boolean {
    return this.#welcomedAt !== null;
  }

  /** false: there is no welcomed connection. */
  send(text: string): boolean {
    if (!this.isWelcomed) return false;
    try {
      this.#socket?.send(text);
      return true;
    } catch {
      return false;
    }
  }

  wake(cause: WakeUp): void {
    if (cause === 'offline' && this.#socket) this.#leave(() => this.#wait('unreachable'));
    if (cause !== 'online' && cause !== 'seen' && cause !== 'thawed') return;
    this.#watchdog.look();
    const state = this.state.get();
    if (state.phase === 'offline' || state.phase === 'waiting')
      this.#tryAt(Math.min(this.#retryAt, Math.max(this.#parts.environment.now(), this.#notBefore)));
  }

  async #connect(): Promise<void> {
    const { environment, session, url, begin, message } = this.#parts;
    const isCurrent = this.#renewGeneration();
    this.#triedAt = environment.now();
    this.#phase('connecting');
    const seen = session.mark;
    try {
      const protocols = await session.protocols();
      if (!isCurrent()) return;
      begin();
      this.#socket = environment.openSocket(url(), protocols, {
        opened: () => {},
        message: (data) => {
          if (!isCurrent()) return;
          if (!this.isWelcomed) this.#phase('catching_up');
          this.#watchdog.heard();
          message(data);
        },
        closed: (code) => {
          if (isCurrent()) this.#leave(() => this.#react(code, seen));
        },
      });
      this.#watchdog.start(WELCOME_MS);
    } catch (error) {
      if (isCurrent()) this.#leave(() => (isSignedOut(error) ? this.#signedOut() : this.#fail()));
    }
  }

  /** What follows from how a socket has ended. Without a reason: nobody knows whether the server is there. */
  #react(code: number, seen: string): void {
    const [cause, returning] = [CLOSING[code], RETURNING[code]];
    if (cause === 'logged_out') this.#parts.session.signedOut(false);
    if (cause) this.end(cause);
    else if (code === CLOSE_CODES.ILLEGAL_CONNECTION.code) void this.#renew(seen);
    else if (returning) this.#wait(...returning);
    else this.#fail();
  }

  async #renew(seen: string): Promise<void> {
    const isCurrent = this.#renewGeneration();
    this.#phase('connecting');
    try {
      const isWorthIt = !this.#isRenewed && (await this.#parts.renew(seen));
      if (!isCurrent()) return;
      if (!isWorthIt) return this.#signedOut();
      this.#isRenewed = true;
      this.#cancel = this.#parts.environment.setTimer(() => void this.#connect(), this.#backoff.next());
    } catch {
      if (isCurrent()) this.#wait('unreachable');
    }
  }

  /** Nobody says why there is no socket. */
  #fail(): void {
    this.#wait('unreachable');
    this.#failures += 1;
    if (this.#failures % FAILURES === 0) void this.#askWhy();
  }

  async #askWhy(): Promise<void> {
    try {
      await this.#parts.probe();
    } catch (error) {
      if (isSignedOut(error) && this.#failures > 0) this.#signedOut();
    }
  }

  #signedOut(): void {
    this.#parts.session.signedOut(false);
    this.end('signed_out');
  }

  #wait(cause: WaitCause, sinceTryMs = 0, sinceEndMs = 0): void {
    const { environment } = this.#parts;
    this.#renewGeneration();
    const earliest = Math.max(this.#triedAt + sinceTryMs, environment.now() + sinceEndMs);
    this.#notBefore = Math.max(earliest, this.#triedAt + APART_MS);
    const isOffline = (cause === 'unreachable' || cause === 'silent') && !environment.wakeUps.isOnline();
    this.state.set(isOffline ? { phase: 'offline' } : { phase: 'waiting', cause, retryAt: null });
    this.#tryAt(earliest + this.#backoff.next());
  }

  /** Then, if nothing comes in between. What waits for somebody to look at the tab does not try unseen. */
  #tryAt(retryAt: number): void {
    const { environment } = this.#parts;
    const state = this.state.get();
    this.#cancel?.();
    this.#cancel = null;
    this.#retryAt = retryAt;
    const isUnseen = () =>
      state.phase === 'waiting' && state.cause === 'too_many_tabs' && !environment.wakeUps.isVisible();
    if (state.phase === 'waiting') this.state.set({ ...state, retryAt: isUnseen() ? null : retryAt });
    if (isUnseen()) return;
    const due = () => (isUnseen() ? this.#tryAt(retryAt) : void this.#connect());
    this.#cancel = environment.setTimer(due, retryAt - environment.now());
  }

  /** Gives up the socket, or the wait for one, for what `next` says. */
  #leave(next: () => void): void {
    const { environment, lost } = this.#parts;
    if (this.#welcomedAt !== null && environment.now() - this.#welcomedAt >= HELD_MS) this.#backoff.reset();
    this.#renewGeneration();
    this.#socket?.close();
    this.#socket = null;
    this.#welcomedAt = null;
    this.#watchdog.stop();
    next();
    lost();
  }

  #phase(phase: 'idle' | 'connecting' | 'catching_up' | 'ready'): void {
    if (this.state.get().phase !== phase) this.state.set({ phase });
  }

  #renewGeneration(): () => boolean {
    this.#generation += 1;
    this.#cancel?.();
    this.#cancel = null;
    return this.#current();
  }

  #current(): () => boolean {
    const generation = this.#generation;
    return () => generation === this.#generation;
  }
}

const isSignedOut = (error: unknown) => error instanceof RallyError && error.code === 'signed_out';
