import type { KeyValueStorage } from '../../client/environment.ts';
import type { Rally, RallyOptions } from '../../client/rally.ts';
import type { JumpingClock } from './jumping-clock.ts';

/** What happens to frames and requests between the client and Rally. */
export interface Faults {
  /** Of so many messages that the client sends next, the ack is lost. */
  lostAcks: number;
  /** Of so many messages that the client sends next, nothing comes back, and the socket ends when they are stored. */
  lostAnswers: number;
  /** Each push comes so often. */
  copies: number;
  /** So many pushes are held back, and then come newest first. */
  reordered: number;
  /** So many handshakes are answered with 503. */
  refusedHandshakes: number;
  /** The next answers to `POST /refresh` get lost. */
  lostRefreshReplies: number;
}

/** What a step has done outside of its browser. */
export type Deed =
  | { readonly do: 'fault'; readonly faults: Partial<Faults> }
  /** All sockets end, and nobody gets through until `mend`. */
  | { readonly do: 'cut' | 'mend' }
  /** Of all open sockets. */
  | { readonly do: 'close'; readonly code: number }
  /** Nothing that the server says to sockets that are open arrives any more, and they stay open. */
  | { readonly do: 'silence' }
  /** The other one sends these to that user, one after the other; done when they are stored. */
  | { readonly do: 'say'; readonly to: string; readonly contents: readonly string[] }
  /** What the server has of the chat of the two. */
  | { readonly do: 'list'; readonly of: string }
  | { readonly do: 'network'; readonly isThere: boolean }
  /** The browser freezes the page, its sockets die, the other one says something, and it is thawed. */
  | { readonly do: 'freeze'; readonly to: string; readonly contents: readonly string[] }
  | { readonly do: 'look' };

/** What is so after a deed. */
export interface Told {
  /** The name of the other one, and how often the browser has asked for something. */
  readonly peer: string;
  readonly handshakes: number;
  readonly refreshes: number;
  readonly sentMessages: number;
  /** Oldest first; of `list` alone. */
  readonly messages: readonly { readonly id: string; readonly content: string }[];
}

export interface Tab {
  readonly rally: Rally;
  /** As a tab ends that crashes, or is closed. */
  close(): void;
}

/** A browser of its own, in which nobody is signed in yet, in front of a Rally. */
export interface World {
  readonly clock: JumpingClock;
  readonly storage: KeyValueStorage;
  openTab(options?: { readonly hasLocks?: boolean }): Promise<Tab>;
  outside(deed: Deed): Promise<Told>;
}

/** In the tab's own surroundings; `environment`: what is other than there. */
export type OpenRally = (environment: RallyOptions['environment']) => Rally;
