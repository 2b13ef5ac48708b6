import type { Environment } from '../environment.ts';

/**
 * Runs `work` while no other tab runs what goes by this name. After `patienceMs`, or without locks, it runs all the same: the
 * other tab may be frozen. So it must do no harm twice; it comes once at most from here.
 */
export async function alone<Result>(
  { locks, setTimer }: Pick<Environment, 'locks' | 'setTimer'>,
  name: string,
  patienceMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!locks) return work();
  let begun: Promise<Result> | null = null;
  const patience = new AbortController();
  const cancel = setTimer(() => patience.abort(), patienceMs);
  try {
    return await locks.request(name, { signal: patience.signal }, () => {
      cancel();
      begun = work();
      return begun;
    });
  } catch {
    return await (begun ?? work());
  } finally {
    cancel();
  }
}
