/**
 * Until when, by `performance.now()`, something may wait for its turn: for half of its time. The other half is for the work
 * itself: whoever begins at the last moment is mostly late, and has then kept the others waiting for nothing. Without a
 * deadline, and at most, for `patienceMs`.
 */
export const beginBy = (now: number, deadline: number | undefined, patienceMs: number): number =>
  now + (deadline === undefined ? patienceMs : Math.min((deadline - now) / 2, patienceMs));
