/**
 * Places in the log, as cursors (`position.ordinal.log`) and positions of acks (`position`) name them. Of two of one log, the
 * numbers before the log's are compared from left to right; nothing else may be read from them. Numbers can be longer than a
 * double holds, so they are compared as texts.
 */
export function isAfter(a: string, b: string): boolean {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = compareNumbers(left[index] ?? '0', right[index] ?? '0');
    if (difference !== 0) return difference > 0;
  }
  return false;
}

const numbersOf = (place: string): readonly string[] => place.split('.').slice(0, 2);

const compareNumbers = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** A position that does not say whose it is can be of any. */
export function isOfSameLog(a: string, b: string): boolean {
  const [left, right] = [logOf(a), logOf(b)];
  return left === right || left === undefined || right === undefined;
}

const logOf = (place: string): string | undefined => place.split('.')[2];
