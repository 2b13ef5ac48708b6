import { InvalidArgumentError } from 'commander';

/** A place in the log, as commands print it. */
export function positionArgument(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidArgumentError('a position is a number.');
  return BigInt(text);
}

/** For `[position…]`. */
export const positionArguments = (text: string, before: readonly bigint[] = []): readonly bigint[] => [
  ...before,
  positionArgument(text),
];

export function countArgument(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('a number from 1 on is needed.');
  return Number(text);
}
