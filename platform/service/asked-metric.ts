import { pause } from '../pause.ts';

/** Less than what a scrape may take. */
const ANSWER_WITHIN_MS = 1000;

/**
 * For a metric that somebody else has to be asked for: at most one question at a time, however often the metrics are read. null: it failed, or
 * is not answered within a second.
 */
export function askedMetric<Value>(ask: () => Promise<Value>): () => Promise<Value | null> {
  let asking: Promise<Value | null> | null = null;
  return async () => {
    asking ??= ask()
      .catch(() => null)
      .finally(() => {
        asking = null;
      });
    const answered = new AbortController();
    const late = pause(ANSWER_WITHIN_MS, answered.signal).then(() => null);
    try {
      return await Promise.race([asking, late]);
    } finally {
      answered.abort();
    }
  };
}
