import { figure } from './figures.ts';
import type { Machine } from './machine.ts';
import { machineText, table as markdownTable } from './markdown.ts';
import { table as terminalTable } from './terminal-table.ts';

export type Table = readonly [head: readonly string[], rows: readonly (readonly string[])[]];

/** In place of a figure that there is none of. */
const NONE = '–';

export const figureOrNone = (value: number | null): string => (value === null ? NONE : figure(value));

/** What a person sees at the end. */
export const terminalOf = (tables: readonly Table[]): string =>
  tables.map(([head, rows]) => terminalTable(head, rows)).join('\n');

/** The figures of one run of `make <target>`, as a section of `RESULTS.md`. */
export function sectionOf(
  target: string,
  { date, commit, machine, durationS }: Run,
  tables: readonly Table[],
): string {
  return [
    `## \`make ${target}\``,
    `${date}, commit \`${commit}\`, in ${figure(durationS)} s. ${machineText(machine)}`,
    ...tables.map(([head, rows]) => markdownTable(head, rows)),
  ].join('\n\n');
}

/** What every report says of its run. */
interface Run {
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly durationS: number;
}
