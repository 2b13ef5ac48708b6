import { spreadOf } from '../measures/spread.ts';
import { spreadText } from '../report/figures.ts';
import { table } from '../report/terminal-table.ts';
import type { BuiltTree } from './built-tree.ts';
import type { Comparison } from './compare.ts';
import type { Both, Figures } from './in-turn.ts';

/** Medians of all rounds with the lowest and highest; the ratio of the medians with those of single rounds. */
export function comparisonTable([base, candidate]: Both<BuiltTree>, comparison: Comparison): string {
  const rows = comparison.flatMap((rounds) =>
    Object.keys(rounds[0]?.[0] ?? {}).map((measure) => rowOf(measure, rounds)),
  );
  return table(['median (min–max)', base.name, candidate.name, `${candidate.name} ÷ ${base.name}`], rows);
}

function rowOf(measure: string, rounds: readonly Both<Figures>[]): string[] {
  const pairs = rounds.map(([base, candidate]) => [base[measure] ?? NaN, candidate[measure] ?? NaN] as const);
  const [base, candidate] = [spreadOf(pairs.map(([of]) => of)), spreadOf(pairs.map(([, of]) => of))];
  const single = spreadOf(pairs.map(([of, against]) => against / of));
  const ratio = { ...single, median: candidate.median / base.median };
  return [measure, spreadText(base), spreadText(candidate), `${spreadText(ratio)} ×`];
}
