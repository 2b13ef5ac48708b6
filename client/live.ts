import type { Readable } from './readable.ts';
import type { AckData, ClientAction, ClientData, PushAction, PushOf, WelcomeFrame } from './wire.ts';

/**
 * Where the one connection of a tab stands.
 * - `idle`: not started yet, or stopped;
 * - `offline`: there is no network; the next try follows when it is back;
 * - `connecting`; `catching_up`: what was missed arrives, or pages are loaded anew; `ready`;
 * - `waiting`: for the next try at `retryAt` (ms since 1970), null: until somebody looks at the tab;
 * - `closed`: it does not come back by itself; signing in, or `start` after `stop`, begins anew.
 */
export type Connection =
  | { readonly phase: 'idle' }
  | { readonly phase: 'offline' }
  | { readonly phase: 'connecting' }
  | { readonly phase: 'catching_up' }
  | { readonly phase: 'ready' }
  | { readonly phase: 'waiting'; readonly cause: WaitCause; readonly retryAt: number | null }
  | { readonly phase: 'closed'; readonly cause: ClosedCause };

/** `unreachable`: no socket came about, or it ended without a reason; `silent`: nothing was heard for two pings. */
export type WaitCause =
  | 'unreachable'
  | 'silent'
  | 'server_restarts'
  | 'too_slow'
  | 'rate_limited'
  | 'too_many_tabs';

export type ClosedCause = 'signed_out' | 'logged_out' | 'bad_data' | 'unknown_route';

export interface Arrival {
  /** It was missed and has come before the `welcome`: no toast, no sound. */
  readonly isReplayed: boolean;
}

/** What comes and goes over the tab's socket, whatever becomes of sockets meanwhile. */
export interface Live {
  readonly connection: Readable<Connection>;
  /**
   * Calls back for each push with this action, each once, in the order in which they come, which is the log's. What was missed
   * comes when the `welcome` has told that it is this user's. Answers what ends it.
   */
  on<Action extends PushAction>(
    action: Action,
    handler: (frame: PushOf<Action>, arrival: Arrival) => void,
  ): () => void;
  /** The same for pushes of every action, before the handlers of one. */
  onPush(handler: (frame: PushOf<PushAction>, arrival: Arrival) => void): () => void;
  /**
   * Calls back at each `welcome`, when everything missed has been handed out. `recovered: false`: what pages were loaded may
   * lack something, load them anew. The connection is `catching_up` until every promise has settled.
   */
  onWelcome(handler: (welcome: WelcomeFrame['data']) => void | Promise<void>): () => void;
  /**
   * Sends the frame and resolves with its ack's data. Rejects with a `RallyError`: the code of a refusal; `not_connected`:
   * nothing was sent; `unconfirmed`: the socket ended before the answer. Never sends anything twice.
   */
  request<Action extends ClientAction>(action: Action, data: ClientData<Action>): Promise<AckData>;
  /** Sends the frame without asking for an ack. false: there is no connection, nothing was sent. */
  tell<Action extends ClientAction>(action: Action, data: ClientData<Action>): boolean;
}
