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

/**
 * What a read of all brings that is asked to begin where no record does: the error of servers until 23.10, that of later ones,
 * or what stands next, as in a scavenged part of the log.
 */
export type BetweenRecords = 'error' | 'error since 24' | 'next record';

/** Switches of one double; all off at first. */
export interface Faults {
  onAppend: (stream: string) => AppendFault;
  /** Reads hang, and subscriptions are not even confirmed. */
  readsHang: boolean;
  betweenRecords: BetweenRecords;
  /** How late an answer is, for each anew: to an append, a read, or the wish to subscribe. What it is about is done at once. */
  answerDelayMs: () => number;
}

export const noFaults = (): Faults => ({
  onAppend: () => ({ kind: 'none' }),
  readsHang: false,
  betweenRecords: 'error',
  answerDelayMs: () => 0,
});

/** Calls at once when there is no delay, as a server that is well answers. */
export function answerLate({ answerDelayMs }: Faults, answer: () => void): void {
  const ms = answerDelayMs();
  if (ms > 0) setTimeout(answer, ms).unref();
  else answer();
}
