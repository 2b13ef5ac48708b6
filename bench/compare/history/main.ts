import { Cleanup } from '../../processes/cleanup.ts';
import { exitWithParent } from '../../processes/exit-with-parent.ts';
import { processTree } from '../../processes/process-usage.ts';
import { historyWork } from './tree-history.ts';

/*
 * A process that works on one tree's history with that tree's own code, told by one message what to do; answers with one.
 * A process of its own: it starts with a cold compiler and an empty heap, as the other tree's does.
 */

exitWithParent();
process.once('message', async (message) => {
  const work = historyWork.parse(message);
  const load = async <Module>(path: string): Promise<Module> => import(new URL(path, work.build).href);
  // Its end removes nothing: the histories are the comparison's.
  const cleanup = new Cleanup();
  if (work.do === 'make') {
    const { makeHistory } = await load<typeof import('../../history/history.ts')>('bench/history/history.js');
    process.send?.(await makeHistory(work.messages, cleanup));
    return;
  }
  const { withStoppedRally } = await load<typeof import('../../history/stopped-rally.ts')>(
    'bench/history/stopped-rally.js',
  );
  const { rebuildReadModels } = await load<typeof import('../../history/rebuild-rate.ts')>(
    'bench/history/rebuild-rate.js',
  );
  const rebuilt = await withStoppedRally(work.directory, cleanup, async (rally) => {
    const { rows } = await rally.pool.query<{ name: string }>(
      `select quote_ident(nspname) as name from pg_namespace where nspname like 'read\\_v%'`,
    );
    for (const { name } of rows) await rally.pool.query(`drop schema ${name} cascade`);
    await rally.pool.query('checkpoint');
    const before = await processorS();
    const rate = await rebuildReadModels(rally);
    return { ...rate, processorS: (await processorS()) - before };
  });
  process.send?.(rebuilt);
});

/** Of this process and of the PostgreSQL that it has started. */
async function processorS(): Promise<number> {
  const tree = await processTree(process.pid);
  return tree.reduce((sum, { cpuS }) => sum + cpuS, 0);
}
