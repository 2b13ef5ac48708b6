import { readdir, readFile } from 'node:fs/promises';

/** What Linux counts processor time in. */
const TICKS_PER_S = 100;
const BYTES_PER_KB = 1024;

export interface ProcessUsage {
  readonly pid: number;
  readonly parent: number;
  /** As processes name themselves: PostgreSQL's say what they do. */
  readonly title: string;
  /** Of the process and of the children it has waited for. */
  readonly cpuS: number;
}

/** The process and all below it. Empty where there is no `/proc`. */
export async function processTree(root: number): Promise<ProcessUsage[]> {
  const entries = await readdir('/proc').catch(() => []);
  const all = await Promise.all(
    entries.filter((name) => /^\d+$/.test(name)).map((pid) => usageOf(Number(pid))),
  );
  const tree: ProcessUsage[] = [];
  const add = (usage: ProcessUsage) => {
    tree.push(usage);
    for (const child of all) if (child?.parent === usage.pid) add(child);
  };
  const top = all.find((usage) => usage?.pid === root);
  if (top) add(top);
  return tree;
}

/** Memory that the process holds, in bytes; null where there is no `/proc`. */
export async function residentBytes(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes ? Number(kilobytes) * BYTES_PER_KB : null;
}

/** null: it has ended meanwhile. */
async function usageOf(pid: number): Promise<ProcessUsage | null> {
  try {
    const [stat, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // The second field, the name in brackets, may hold anything; the third one follows its last bracket.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, cpuTicks = 0] = [fields[1], sum(fields.slice(11, 15))];
    return { pid, parent, title: commandLine.replaceAll('\0', ' ').trim(), cpuS: cpuTicks / TICKS_PER_S };
  } catch {
    return null;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
