import type { Command } from '../protocol/commands.ts';
import type { Snapshot } from '../read-models/snapshot.ts';

/** Something that may have to be done, although nobody asks for it. What becomes of the command is decided from the log. */
export interface Due {
  readonly command: Command;
  /** Since when. ISO 8601. */
  readonly since: string;
}

/** All that is due for one reason. It may lag behind, and ask for too much: what was done stays on it until the read models show that. */
export interface ToDoList {
  /** In metrics. */
  readonly name: 'duels' | 'departures' | 'lost_sessions' | 'idle_sessions' | 'erasures';
  /** What is due by now, page by page. Rejects as the read models do. */
  readonly pages: (now: Date) => AsyncIterable<readonly Due[]>;
  /** How many requests at once, and how many commands go together in one: all of those wait for the one that takes longest. */
  readonly requests: number;
  readonly together: number;
  /** From the beginning of one round to the next, in milliseconds. None: with each look. */
  readonly everyMs?: number;
  /** What it rests on was not written while the database was away: no round before this instance has worked for so long without a break. */
  readonly afterMs?: number;
}

/** As many as are under way at once. */
export const pageSize = ({ requests, together }: Pick<ToDoList, 'requests' | 'together'>): number =>
  requests * together;

/** Page after page of a list of the read models, until one is empty. */
export async function* pagesOf<Row>(
  find: (after: Row | null) => Promise<Pick<Snapshot<readonly Row[]>, 'answer'>>,
): AsyncGenerator<readonly Row[]> {
  for (let after: Row | null = null; ; ) {
    const { answer: page }: Pick<Snapshot<readonly Row[]>, 'answer'> = await find(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last;
  }
}
