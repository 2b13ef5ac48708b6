import { z } from 'zod';
import { type ProcessUsage, processTree } from '../processes/process-usage.ts';

export const processorPart = z.enum([
  'server',
  'database sessions',
  'database housekeeping',
  'load generator',
]);

/** Who uses the processor. */
export type ProcessorPart = z.infer<typeof processorPart>;

/** Processor seconds so far. */
export type ProcessorTimes = Readonly<Record<ProcessorPart, number>>;

export async function processorTimes(server: number, loadGenerator: number): Promise<ProcessorTimes> {
  const times: Record<ProcessorPart, number> = {
    server: 0,
    'database sessions': 0,
    'database housekeeping': 0,
    'load generator': 0,
  };
  for (const usage of await processTree(server)) times[partOf(usage)] += usage.cpuS;
  for (const usage of await processTree(loadGenerator)) times['load generator'] += usage.cpuS;
  return times;
}

/** Processor seconds so far of the server and its database. */
export async function serverSeconds(server: number, loadGenerator: number): Promise<number> {
  const times = await processorTimes(server, loadGenerator);
  return times.server + times['database sessions'] + times['database housekeeping'];
}

/** Processor seconds per 1,000 messages. */
export function processorCost(from: ProcessorTimes, to: ProcessorTimes, messages: number): ProcessorTimes {
  const per1000 = (part: ProcessorPart) => ((to[part] - from[part]) / messages) * 1000;
  return {
    server: per1000('server'),
    'database sessions': per1000('database sessions'),
    'database housekeeping': per1000('database housekeeping'),
    'load generator': per1000('load generator'),
  };
}

/** Processor seconds so far of each program of ours below the server, such as `gateway`. */
export async function programTimes(server: number): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (const usage of await processTree(server)) {
    const program = isServer(usage) ? programOf(usage.title) : 'postgres';
    times.set(program, (times.get(program) ?? 0) + usage.cpuS);
  }
  return times;
}

/** One of ours by its folder, another by its name. */
const programOf = (title: string): string =>
  /([\w-]+)\/main\.js/.exec(title)?.[1] ?? /^(?:\S*\/)?([\w-]+)/.exec(title)?.[1] ?? 'others';

/** What is no PostgreSQL. Its processes name themselves: `postgres: cluster: user database [local] idle`. */
export const isServer = ({ title }: ProcessUsage): boolean => !/^postgres: |\/bin\/postgres /.test(title);

function partOf(usage: ProcessUsage): ProcessorPart {
  if (isServer(usage)) return 'server';
  return usage.title.includes('[local]') ? 'database sessions' : 'database housekeeping';
}
