import { z } from 'zod';

export const spread = z.object({ median: z.number(), min: z.number(), max: z.number(), runs: z.number() });

/** What several runs of one measurement gave. */
export type Spread = Readonly<z.infer<typeof spread>>;

export const scaled = ({ median, min, max, runs }: Spread, by: number): Spread => ({
  median: median * by,
  min: min * by,
  max: max * by,
  runs,
});

/** Of an even number of values the median is the lower of the two in the middle: a value that was measured. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, median, max] = [sorted[0], sorted[(sorted.length - 1) >> 1], sorted.at(-1)];
  if (min === undefined || median === undefined || max === undefined)
    throw new RangeError('nothing was measured');
  return { median, min, max, runs: sorted.length };
}
