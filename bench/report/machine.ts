import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { z } from 'zod';
import { findPostgresBinaries } from '../../standalone/embedded-postgres/binaries.ts';

export const machine = z.object({
  processor: z.string(),
  cores: z.number(),
  memoryGb: z.number(),
  system: z.string(),
  /** Of what took part. */
  versions: z.record(z.string(), z.string()),
});

export type Machine = z.infer<typeof machine>;

const GB = 1024 ** 3;

export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  const { version: postgres } = await findPostgresBinaries();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / GB),
    system: `${type()} ${release()}`,
    versions: {
      node: process.versions.node,
      'embedded-postgres': postgres,
      'socket.io': versionOf('socket.io'),
      pg: versionOf('pg'),
      zod: versionOf('zod'),
      '@eventstore/db-client': versionOf('@eventstore/db-client'),
      ws: versionOf('ws'),
    },
  };
}

const description = z.object({ version: z.string() });

const versionOf = (library: string): string =>
  description.parse(createRequire(import.meta.url)(`${library}/package.json`)).version;
