import type { KeyValueStorage } from '../environment.ts';
import type { RallyOptions, SessionState } from '../rally.ts';
import { Cell } from '../readable.ts';

/** Shared by the tabs of a browser, which share the session's cookies as well. */
const KEYS = {
  username: 'rally.session.username',
  expiresAt: 'rally.session.expires_at',
  renewals: 'rally.session.renewals',
  csrfToken: 'rally.session.csrf',
} as const;

export interface SessionParts {
  readonly kind: RallyOptions['session'];
  readonly storage: KeyValueStorage;
  readonly readCookie: (name: string) => string | undefined;
}

/** Who is signed in, and how requests and sockets prove it. */
export class Session {
  readonly state = new Cell<SessionState>({ phase: 'unknown' });
  /** null: cookies do it. */
  readonly token: (() => Promise<string>) | null;
  readonly #storage: KeyValueStorage;
  readonly #readCookie: (name: string) => string | undefined;
  /** `expiresAt`, when this tab was signed out. */
  #endedWith = '';

  constructor({ kind, storage, readCookie }: SessionParts) {
    this.token = typeof kind === 'function' ? kind : null;
    this.#storage = storage;
    this.#readCookie = readCookie;
  }

  /** When the access token ends, as the server has told any of the tabs; empty: not known. */
  get expiresAt(): string {
    return this.token ? '' : (this.#storage.getItem(KEYS.expiresAt) ?? '');
  }

  /** Another one after each sign-in and renewal, in all tabs. Their ends are in whole seconds, and two may be the same. */
  get mark(): string {
    return this.token ? '' : `${this.#renewals} ${this.csrfToken}`;
  }

  get #renewals(): number {
    return Number(this.#storage.getItem(KEYS.renewals)) || 0;
  }

  get csrfToken(): string {
    return this.#readCookie('csrftoken') ?? this.#storage.getItem(KEYS.csrfToken) ?? '';
  }

  get username(): string | null {
    const state = this.state.get();
    return state.phase === 'signed_in' ? state.username : null;
  }

  /** In whichever tab of the browser. null: nobody, or nobody knows. */
  get lastUsername(): string | null {
    return this.username ?? (this.token ? null : this.#storage.getItem(KEYS.username));
  }

  /** Another tab has signed somebody in: requests of this one are that user's by now. */
  get isAnother(): boolean {
    const stored = this.token ? null : this.#storage.getItem(KEYS.username);
    if (stored === null) return false;
    if (this.state.get().phase === 'signed_out') return this.expiresAt !== this.#endedWith;
    return this.username !== null && stored !== this.username;
  }

  async headers(method: string): Promise<Record<string, string>> {
    if (this.token) return { authorization: `Bearer ${await this.token()}` };
    return method === 'GET' ? {} : { 'x-csrftoken': this.csrfToken };
  }

  /** Of a socket. */
  async protocols(): Promise<readonly string[]> {
    return this.token ? ['bearer', await this.token()] : [];
  }

  /** An answer tells of a new access token, or of the token that commands have to repeat. */
  heard(headers: Headers): void {
    if (this.token) return;
    const [expiresAt, csrfToken] = [headers.get('x-session-expires'), headers.get('x-csrftoken')];
    if (csrfToken !== null) this.#storage.setItem(KEYS.csrfToken, csrfToken);
    if (expiresAt === null) return;
    this.#storage.setItem(KEYS.expiresAt, expiresAt);
    this.#storage.setItem(KEYS.renewals, String(this.#renewals + 1));
  }

  signedIn(username: string): void {
    if (!this.token) this.#store(KEYS.username, username);
    if (this.username !== username) this.state.set({ phase: 'signed_in', username });
  }

  /**
   * `isOver`: there is nothing left of it in the browser. Otherwise another tab may have begun another one. The name goes first
   * and comes last: while it is there, everything is.
   */
  signedOut(isOver: boolean): void {
    if (isOver && !this.token) for (const key of Object.values(KEYS)) this.#storage.removeItem(key);
    this.#endedWith = this.expiresAt;
    if (this.state.get().phase !== 'signed_out') this.state.set({ phase: 'signed_out' });
  }

  #store(key: string, value: string): void {
    if (this.#storage.getItem(key) !== value) this.#storage.setItem(key, value);
  }
}
