import { bad, type Finding, ok, warn } from './finding.ts';

/** What another clock said, at some moment between two of ours; it may be known only roughly. In milliseconds. */
interface TheirTime {
  readonly earliest: number;
  readonly latest: number;
}

/** Refresh tokens, and who is online, bear seconds: see `REFRESH_GRACE_S` and `SESSION_LEASE_S`. */
const WARN_MS = 1000;
const BAD_MS = 5000;

/** By how much it is certainly ahead of ours, below 0 behind; 0: it may be right. */
export function skewMs(
  { earliest, latest }: TheirTime,
  ours: { sentAt: number; receivedAt: number },
): number {
  if (earliest > ours.receivedAt) return earliest - ours.receivedAt;
  return latest < ours.sentAt ? latest - ours.sentAt : 0;
}

export function clockFinding(
  whose: string,
  theirs: TheirTime,
  ours: { sentAt: number; receivedAt: number },
): Finding {
  const skew = skewMs(theirs, ours);
  const check = `clock of ${whose}`;
  const seconds = (Math.abs(skew) / 1000).toLocaleString('en', { maximumFractionDigits: 1 });
  const seen = `${seconds} s ${skew < 0 ? 'behind' : 'ahead of'} this machine's`;
  const advice = 'have both follow the time of the network (NTP)';
  if (Math.abs(skew) > BAD_MS) return bad(check, seen, advice);
  return Math.abs(skew) > WARN_MS ? warn(check, seen, advice) : ok(check, "agrees with this machine's");
}
