/** One value of a metric, of a histogram one of its buckets. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All values that a process told at one moment, by the name of the metric. */
export interface Samples {
  /** In milliseconds; differences alone count. */
  readonly at: number;
  readonly byName: ReadonlyMap<string, readonly Sample[]>;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Of what `/metrics` answers. What is no line of a metric is passed over. */
export function parseSamples(text: string, at: number): Samples {
  const byName = new Map<string, Sample[]>();
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    const sample = { labels: labelsOf(labels), value: Number(value === '+Inf' ? 'Infinity' : value) };
    const known = byName.get(name);
    if (known) known.push(sample);
    else byName.set(name, [sample]);
  }
  return { at, byName };
}

const labelsOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, value]));

/** Which of a metric's values are meant. */
export type Where = (labels: Sample['labels']) => boolean;

/** Together; null: it tells none. */
export function sumOf({ byName }: Samples, name: string, where: Where = () => true): number | null {
  const values = byName.get(name)?.filter(({ labels }) => where(labels));
  if (!values) return null;
  return values.reduce((sum, { value }) => sum + value, 0);
}

/** The largest; null: it tells none. */
export function largestOf({ byName }: Samples, name: string): number | null {
  const values = byName.get(name)?.map(({ value }) => value) ?? [];
  return values.length === 0 ? null : Math.max(...values);
}

/** By how much it grew between the two, together. A process that began anew meanwhile counts from 0. null: it tells none. */
function growthOf(earlier: Samples, later: Samples, name: string, where?: Where): number | null {
  const now = sumOf(later, name, where);
  if (now === null) return null;
  const before = sumOf(earlier, name, where) ?? 0;
  return now < before ? now : now - before;
}

/** By how much it grows in a second. null: it tells none, or both are of one moment. */
export function rateOf(earlier: Samples, later: Samples, name: string, where?: Where): number | null {
  const growth = growthOf(earlier, later, name, where);
  const seconds = (later.at - earlier.at) / 1000;
  return growth === null || seconds <= 0 ? null : growth / seconds;
}

/** Of a histogram, by what came between the two: the share `quantile` was at most that. null: nothing came. */
export function quantileOf(earlier: Samples, later: Samples, name: string, quantile: number): number | null {
  const bucket = `${name}_bucket`;
  const bounds = new Set(later.byName.get(bucket)?.map(({ labels }) => labels.le ?? ''));
  const counts = [...bounds].map((le) => ({
    upTo: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
    count: growthOf(earlier, later, bucket, (labels) => labels.le === le) ?? 0,
  }));
  counts.sort((one, other) => one.upTo - other.upTo);
  const all = counts.at(-1)?.count ?? 0;
  if (all === 0) return null;
  const rank = quantile * all;
  const index = counts.findIndex(({ count }) => count >= rank);
  const [below, here] = [counts[index - 1], counts[index]];
  if (!here) return null;
  const from = below?.upTo ?? 0;
  if (here.upTo === Number.POSITIVE_INFINITY) return from;
  const within = here.count - (below?.count ?? 0);
  return from + ((here.upTo - from) * (rank - (below?.count ?? 0))) / Math.max(within, 1);
}
