/** What becomes of one append. */
export type AppendFault =
  | { readonly kind: 'none' }
  /** Stored; the answer never comes. */
  | { readonly kind: 'answer lost' }
  /** Stored; then the connection's append stream breaks with the answers that were on their way. */
  | { readonly kind: 'broken after commit' }
  | { readonly kind: 'broken before commit' }
  /** Not stored: the append stream ends with a hint to the leader, which is this server. */
  | { readonly kind: 'not leader' }
  /** Not stored; only this append is refused. */
  | { readonly kind: 'not ready' }
  /** Not stored; the server answers that its own time for it has passed. */
  | { readonly kind: 'timed out' }
  | { readonly kind: 'delayed'; readonly ms: number };

/** How subscriptions end when they are dropped. */
export type Drop = 'too slow' | 'server stops' | 'connection lost' | 'not leader' | 'ended';

/** Switches of one double; all off at first. */
export interface Faults {
  onAppend: (stream: string) => AppendFault;
  /** Reads hang, and subscriptions are not even confirmed. */
  readsHang: boolean;
}

export const noFaults = (): Faults => ({
  onAppend: () => ({ kind: 'none' }),
  readsHang: false,
});
