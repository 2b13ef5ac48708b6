import { type Expression, expressionBuilder, sql } from 'kysely';
import type { ReadTables } from '../tables.ts';
import { ALL_OPEN } from './tables.ts';

const { selectFrom } = expressionBuilder<ReadTables, never>();

/** The nodes that stand for this number too, besides `number` itself, as far as there are any: `last` is the last number. */
export function nodesAbove(number: number, last: number): number[] {
  const above: number[] = [];
  for (let node = number + lowestBit(number); node <= last; node += lowestBit(node)) above.push(node);
  return above;
}

/** The nodes that together stand for what node `number` stands for, without `number` itself. */
export function nodesBelow(number: number): number[] {
  const below: number[] = [];
  const end = number - lowestBit(number);
  for (let node = number - 1; node > end; node -= lowestBit(node)) below.push(node);
  return below;
}

const lowestBit = (number: number): number => number & -number;

/**
 * How many of the tournaments that were announced after this place in the log are open: all, without those up to the last number at
 * the place. It is read from the tree, a node for each bit of that number, however many tournaments there are.
 */
export const openBeyond = (position: Expression<bigint>) =>
  sql<number>`(coalesce(${openIn(sql.lit(ALL_OPEN))}, 0) - coalesce(${openUpTo(position)}, 0))::integer`;

const openIn = (node: Expression<number>) =>
  selectFrom('open_tournaments').select('open').where('node', '=', node);

/** A number's nodes are the number itself, and then each without its lowest bit. */
const openUpTo = (position: Expression<bigint>) =>
  selectFrom(lastUpTo(position).as('last'))
    .innerJoin(sql<{ bit: number }>`generate_series(0, 30)`.as<'bits'>(sql`bits (bit)`), (join) =>
      join.onTrue(),
    )
    .where(sql<boolean>`(last.number >> bits.bit) & 1 = 1`)
    .select(sql<number>`sum(${openIn(sql`(last.number >> bits.bit) << bits.bit`)})`.as('open'));

const lastUpTo = (position: Expression<bigint>) =>
  selectFrom('tournaments')
    .select('number')
    .where('position', '<=', position)
    .orderBy('position', 'desc')
    .limit(sql.lit(1));
