import { Cleanup } from '../processes/cleanup.ts';
import { endingWith, failureText } from '../processes/ending.ts';
import { builtTree } from './built-tree.ts';
import { compare } from './compare.ts';
import { comparisonTable } from './comparison-table.ts';
import type { Both } from './in-turn.ts';

/*
 * `node dist/bench/compare/main.js <path of another built tree> [rounds] [seconds of each at 500/s]`, from the root of the
 * repository: how this tree compares with the other one, the embedded deployment of both, in turns on this machine.
 * Writes nothing. Exits with 1 when a message was lost, doubled or reordered, or when anything else went wrong.
 */

const [basePath, rounds = '4', steadyS = '15'] = process.argv.slice(2);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const cleanup = new Cleanup();
const end = endingWith(cleanup, say);
try {
  if (!basePath) throw new Error('name the directory of another built tree');
  const trees: Both<ReturnType<typeof builtTree>> = [
    builtTree('base', basePath),
    builtTree('this tree', '.'),
  ];
  const plan = {
    rounds: Number(rounds),
    steadyMs: Number(steadyS) * 1000,
    historyMessages: 200_000,
    pagesMs: 4000,
  };
  const startedAt = performance.now();
  const comparison = await compare(trees, plan, cleanup, say);
  process.stdout.write(`${comparisonTable(trees, comparison)}\n`);
  await end(0, `done in ${Math.round((performance.now() - startedAt) / 1000)} s`);
} catch (error) {
  await end(1, failureText(error));
}
