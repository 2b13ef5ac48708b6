import levenshtein from 'damerau-levenshtein';
import type { Environment } from './read-configuration.ts';

export interface MisspeltOption {
  /** As it stands in the environment. */
  readonly written: string;
  readonly meant: string;
}

/** People guess at it, and so does an orchestrator that has a service of that name. */
const PREFIX = /^RALLY_/;

/** A short name is soon reached from another program's: `HOME` is two letters from `HOST`. */
const SHORT = 5;

/** Variables that are no option of `known`, but look as if one of them was meant: the nearest, a slip or two away. */
export function misspeltOptions(known: readonly string[], environment: Environment): MisspeltOption[] {
  return Object.keys(environment).flatMap((written) => {
    if (known.includes(written)) return [];
    const name = written.toUpperCase().replace(PREFIX, '');
    const [nearest] = known
      .map((meant) => ({ meant, slips: levenshtein(name, meant).steps }))
      .sort((a, b) => a.slips - b.slips);
    if (!nearest || nearest.slips > (nearest.meant.length <= SHORT ? 1 : 2)) return [];
    return { written, meant: nearest.meant };
  });
}
