/** A spent token still betrays that it was stolen for this long after it would have expired. */
const KEPT_MS = 7 * 86_400_000;

/** Refresh tokens and sessions that expired before then can be forgotten. */
export const retentionStart = (now: Date): Date => new Date(now.getTime() - KEPT_MS);
