import type { EventStore, RecordedEvent } from '../../platform/event-store/event-store.ts';
import type { RowDifference } from './compare-rows.ts';
import type { Scratch, Stretch } from './scratch.ts';

export interface ExplainedDifference extends RowDifference {
  /** What wrote the row last, or removed it, as the log has it; null: no event makes such a row. */
  readonly event: RecordedEvent | null;
}

/**
 * Up to so many events are gone through one by one for a row that no write of the log's side knows: it may have been made and
 * removed within one.
 */
const ALL_STEPPED_LIMIT = 20_000;

/**
 * Names the event behind each difference. The scratch, filled in large writes, knows in which of them a row was written; filled
 * anew, with one event at a time within these, it knows the event.
 */
export async function explainRows(
  differences: readonly RowDifference[],
  scratch: Scratch,
  options: {
    readonly store: EventStore;
    readonly upTo: bigint;
    readonly passOver: ReadonlySet<bigint>;
  },
): Promise<ExplainedDifference[]> {
  const { store, upTo, passOver } = options;
  const found = await stretchesOf(differences, scratch);
  const isUnexplained = found.includes(null) && scratch.events <= ALL_STEPPED_LIMIT;
  const stretches = isUnexplained ? [{ after: -1n, upTo }] : inOrder(found.filter((each) => each !== null));
  await scratch.create();
  for (const stretch of stretches) {
    await scratch.fill(stretch.after, passOver);
    await scratch.step(stretch.upTo, passOver);
  }
  const exact = await stretchesOf(differences, scratch);
  const explained: ExplainedDifference[] = [];
  for (const [index, difference] of differences.entries()) {
    const stretch = exact[index];
    explained.push({ ...difference, event: stretch ? await store.readAt(stretch.upTo) : null });
  }
  return explained;
}

async function stretchesOf(
  differences: readonly RowDifference[],
  scratch: Scratch,
): Promise<(Stretch | null)[]> {
  const stretches: (Stretch | null)[] = [];
  for (const { table, key, is } of differences) {
    stretches.push(
      is === 'only live' ? await scratch.removedIn(table, key) : await scratch.writtenIn(table, key),
    );
  }
  return stretches;
}

/** Each once: rows that were written together share theirs. */
const inOrder = (stretches: readonly Stretch[]): Stretch[] =>
  [...new Map(stretches.map((stretch) => [stretch.upTo, stretch])).values()].sort((a, b) =>
    a.upTo < b.upTo ? -1 : 1,
  );
