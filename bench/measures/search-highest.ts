export interface Search {
  /** The first step that is tried. */
  readonly from: number;
  /** How many steps are taken at once, up or down, until the answer lies between two tried ones. */
  readonly stride: number;
  readonly lowest: number;
}

type Holds = (step: number) => Promise<boolean>;

/** The highest step that holds, supposing that all below it do too; null when not even the lowest does. */
export async function searchHighest(search: Search, holds: Holds): Promise<number | null> {
  if (await holds(search.from)) return climb(search.from, search.stride, holds);
  for (let bad = search.from; bad > search.lowest; ) {
    const step = Math.max(search.lowest, bad - search.stride);
    if (await holds(step)) return between(step, bad, holds);
    bad = step;
  }
  return null;
}

async function climb(from: number, stride: number, holds: Holds): Promise<number> {
  let good = from;
  while (await holds(good + stride)) good += stride;
  return between(good, good + stride, holds);
}

async function between(good: number, bad: number, holds: Holds): Promise<number> {
  if (bad - good <= 1) return good;
  const middle = (good + bad) >> 1;
  return (await holds(middle)) ? between(middle, bad, holds) : between(good, middle, holds);
}
