import { keptOf } from '../../platform/event-store/retention.ts';

export interface PlacedEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
}

/** Of streams of which only the last events are kept: what is there of one. */
interface Trimmed {
  last: number;
  rows: number;
  /** That many of the last ones are there without a hole. */
  run: number;
}

/**
 * Looks through a log, in its order, for places where nothing stands. Only the old events of streams that are trimmed may have gone, and
 * how many of each have shows by its revisions: so many places, and no more, may be empty. It remembers one entry a trimmed stream.
 */
export class LogHoles {
  #last = -1;
  #rows = 0;
  readonly #trimmed = new Map<string, Trimmed>();

  see({ position, stream, revision }: PlacedEvent): void {
    // No log has it so: it counts for nothing, and is missed.
    if (!(position > this.#last)) return;
    this.#last = position;
    this.#rows += 1;
    if (keptOf(stream) === null) return;
    const before = this.#trimmed.get(stream) ?? { last: -1, rows: 0, run: 0 };
    this.#trimmed.set(stream, {
      last: revision,
      rows: before.rows + 1,
      run: revision === before.last + 1 ? before.run + 1 : 1,
    });
  }

  /** Events that are missing though they should be there. `last`: where the log ends. */
  unexplained(last: number): number {
    let explained = 0;
    let lost = 0;
    for (const [stream, { last: revision, rows, run }] of this.#trimmed) {
      explained += revision + 1 - rows;
      lost += Math.max(Math.min(keptOf(stream) ?? 0, revision + 1) - run, 0);
    }
    return Math.max(last + 1 - this.#rows - explained, 0) + lost;
  }
}
