import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { crowd } from '../../load-generator/crowd.ts';
import type { Cleanup } from '../../processes/cleanup.ts';
import { forkEntry } from '../../processes/fork-entry.ts';
import type { BuiltTree } from '../built-tree.ts';

/** What `main.ts` is told to do. `build`: see `BuiltTree`. */
export const historyWork = z.discriminatedUnion('do', [
  z.object({ do: z.literal('make'), build: z.string(), messages: z.number() }),
  /** Whatever read models there are is dropped before. */
  z.object({ do: z.literal('rebuild'), build: z.string(), directory: z.string() }),
]);

type HistoryWork = z.infer<typeof historyWork>;

const history = z.object({
  messages: z.number(),
  directory: z.string(),
  crowd,
  people: z.object({
    partners: z.array(z.string()),
    chats: z.array(z.object({ chatId: z.string(), participants: z.tuple([z.string(), z.string()]) })),
  }),
});

const rebuilt = z.object({
  events: z.number(),
  eventsPerS: z.number(),
  /** Of Node and PostgreSQL. The tidying up after it is part of it. */
  processorS: z.number(),
});

/** So many messages in the log of a Rally of that tree, written by its code. */
export async function makeTreeHistory({ build }: BuiltTree, messages: number, cleanup: Cleanup) {
  const made = history.parse(await carryOut({ do: 'make', build: build.href, messages }, cleanup));
  cleanup.add(() => rm(made.directory, { recursive: true, force: true }));
  return made;
}

/** Fills the tree's read models from nothing, by its code. */
export const rebuildTree = async ({ build }: BuiltTree, directory: string, cleanup: Cleanup) =>
  rebuilt.parse(await carryOut({ do: 'rebuild', build: build.href, directory }, cleanup));

async function carryOut(work: HistoryWork, cleanup: Cleanup): Promise<unknown> {
  const worker = forkEntry({ entry: 'bench/compare/history/main.js', cleanup });
  try {
    worker.send(work);
    return await worker.nextMessage();
  } finally {
    await worker.stop();
  }
}
