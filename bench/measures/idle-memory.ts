import { z } from 'zod';
import type { Crowd } from '../load-generator/crowd.ts';
import { LoadGenerator } from '../load-generator/load-generator.ts';
import type { Cleanup } from '../processes/cleanup.ts';
import { collectGarbage } from '../processes/collect-garbage.ts';
import { processTree, residentBytes } from '../processes/process-usage.ts';
import type { SystemUnderTest } from '../systems/system-under-test.ts';
import { isServer } from './processor-cost.ts';

export const idleMemorySchema = z.object({
  sockets: z.number(),
  /** Of all server processes; null where it cannot be told. */
  bytesPerSocket: z.number().nullable(),
});

export type IdleMemory = z.infer<typeof idleMemorySchema>;

/** Of the tabs, who come before anything is counted: with the first ones come compiled code, and connections to others. */
const BEFORE = 0.1;

/**
 * What server processes, started with `COLLECTING`, grow by for each further tab that is welcomed and sits there, with all that they keep
 * from having let it in. `sockets` in all. Neither garbage nor the operating system's buffers count.
 */
export async function idleMemory(
  system: SystemUnderTest,
  crowd: Crowd,
  sockets: number,
  cleanup: Cleanup,
): Promise<IdleMemory> {
  const generator = new LoadGenerator(cleanup);
  try {
    const users = crowd.pairs.flatMap((pair) => pair.users);
    const first = Math.round(BEFORE * sockets);
    await generator.sitIdle(system, users, first);
    await collectGarbage(system.pid);
    const before = await serverBytes(system);
    const counted = sockets - first;
    await generator.sitIdle(system, users, counted);
    await collectGarbage(system.pid);
    const after = await serverBytes(system);
    const broken = await generator.leave();
    if (broken > 0) throw new Error(`${system.name}: ${broken} of ${sockets} idle sockets broke`);
    return { sockets, bytesPerSocket: before === null || after === null ? null : (after - before) / counted };
  } finally {
    await generator.stop();
  }
}

/** Memory that the system's servers hold; null where there is no `/proc`. */
export async function serverBytes({ pid }: SystemUnderTest): Promise<number | null> {
  const processes = (await processTree(pid)).filter(isServer);
  const bytes = await Promise.all(processes.map((process) => residentBytes(process.pid)));
  return bytes.length > 0 ? bytes.reduce<number>((total, own) => total + (own ?? 0), 0) : null;
}
