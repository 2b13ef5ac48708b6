/** Half as much again on the grid of rates: a system that is asked for several times what it carries is busy for long. */
const LONGEST_LEAP = 8;

export interface Search {
  /** The first step that is tried. */
  readonly from: number;
  /** How far the next one is, up or down. Each leap is twice the last one, within limits, until the answer is passed. */
  readonly stride: number;
  /** How far below the answer the result may be: 0 finds the answer itself. */
  readonly tolerance: number;
  readonly lowest: number;
}

type Holds = (step: number) => Promise<boolean>;

/** The highest step that holds, supposing that all below it do too; null when not even the lowest does. */
export async function searchHighest(search: Search, holds: Holds): Promise<number | null> {
  const { from, stride, tolerance, lowest } = search;
  const between = async (good: number, bad: number): Promise<number> => {
    if (bad - good <= 1 + tolerance) return good;
    const middle = (good + bad) >> 1;
    return (await holds(middle)) ? between(middle, bad) : between(good, middle);
  };
  const climb = async (good: number, leap: number): Promise<number> =>
    (await holds(good + leap)) ? climb(good + leap, longer(leap)) : between(good, good + leap);
  const descend = async (bad: number, leap: number): Promise<number | null> => {
    if (bad <= lowest) return null;
    const step = Math.max(lowest, bad - leap);
    return (await holds(step)) ? between(step, bad) : descend(step, longer(leap));
  };
  return (await holds(from)) ? climb(from, stride) : descend(from, stride);
}

const longer = (leap: number): number => Math.min(2 * leap, LONGEST_LEAP);
