import type { Cleanup } from './cleanup.ts';

/** Ends the run: says why, ends and removes what was started, exits with the code. */
export type End = (code: number, words: string) => Promise<void>;

/** Signals end the run as well. The first reason counts: what breaks afterwards breaks because of it. */
export function endingWith(
  cleanup: Cleanup,
  say: (text: string) => void,
  beforeWords: () => void = () => {},
): End {
  let ending = false;
  const end: End = async (code, words) => {
    if (ending) return;
    ending = true;
    beforeWords();
    say(words);
    await cleanup.run();
    process.exit(code);
  };
  process.once('SIGINT', () => end(130, 'interrupted: ending what was started'));
  process.once('SIGTERM', () => end(143, 'stopped: ending what was started'));
  return end;
}

export const failureText = (error: unknown): string =>
  `failed: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`;
