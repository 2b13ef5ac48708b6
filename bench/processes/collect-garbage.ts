import { setTimeout as sleep } from 'node:timers/promises';
import { processTree } from './process-usage.ts';

/** Twice: the second time, what the first one let go of. */
const ON_SIGNAL = '--import=data:text/javascript,process.on("SIGUSR2",()=>{gc();gc();})';

/** For a system's Node, which then collects its garbage when `collectGarbage` asks for it. */
export const COLLECTING = ['--expose-gc', ON_SIGNAL];

/** A collection of everything takes a fraction of it. */
const COLLECTED_MS = 2000;

/** In all processes of the system that were started with `COLLECTING`. */
export async function collectGarbage(root: number): Promise<void> {
  for (const { pid, title } of await processTree(root))
    if (title.includes(ON_SIGNAL)) process.kill(pid, 'SIGUSR2');
  await sleep(COLLECTED_MS);
}
