import type { Api } from './api.ts';
import type { Environment } from './environment.ts';
import type { Live } from './live.ts';
import type { Outbox } from './outbox.ts';
import type { Readable } from './readable.ts';
import type { Stores } from './stores/stores.ts';

export interface RallyOptions {
  /** Of the gateway, `https://play.example.com`; none: the page's own origin. */
  readonly url?: string;
  /**
   * How requests prove who is asking. `cookies`, the default: as signing in sets them. A function: answers an access token that
   * works, by whatever the host knows; it is asked again, once, when the server does not take what it answered.
   */
  readonly session?: 'cookies' | (() => Promise<string>);
  readonly environment?: Partial<Environment>;
}

/** Who is signed in, as far as is known. */
export type SessionState =
  | { readonly phase: 'unknown' }
  | { readonly phase: 'signed_in'; readonly username: string }
  | { readonly phase: 'signed_out' };

/** Rally, as one tab or one bot uses it. Has no effect until `start` or a method of `api` is used. */
export interface RallyClient {
  readonly session: Readable<SessionState>;
  readonly live: Live;
  readonly api: Api;
  readonly outbox: Outbox;
  /** Connects and stays connected. Counted: as many `stop`s end it. */
  start(): void;
  /** The last one closes the socket, ends timers and takes back every listener; what waits in the outbox stays stored. */
  stop(): void;
}

/** With what pages show. A store has no effect until it is used either. */
export interface Rally extends RallyClient {
  readonly stores: Stores;
}
