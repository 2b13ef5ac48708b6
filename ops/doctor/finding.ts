/** What one check came to. */
export interface Finding {
  readonly check: string;
  /** `warn`: works now, and may not for long, or could not be looked at. `bad`: wants an operator. */
  readonly state: 'ok' | 'warn' | 'bad';
  readonly seen: string;
  /** What to do; null: nothing. */
  readonly advice: string | null;
}

export const ok = (check: string, seen: string): Finding => ({ check, state: 'ok', seen, advice: null });
export const warn = (check: string, seen: string, advice: string): Finding => ({
  check,
  state: 'warn',
  seen,
  advice,
});
export const bad = (check: string, seen: string, advice: string): Finding => ({
  check,
  state: 'bad',
  seen,
  advice,
});

/** Of a share in use: bad where next to nothing is left. */
export function judgeShare(check: string, share: number, seen: string, advice: string): Finding {
  if (share >= 0.95) return bad(check, seen, advice);
  return share >= 0.8 ? warn(check, seen, advice) : ok(check, seen);
}
