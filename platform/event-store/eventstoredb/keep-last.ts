import { v5 as uuidFromName } from 'uuid';
import { type AppendResult, NO_STREAM } from '../event-store.ts';
import { keptOf, type Retention } from '../retention.ts';
import type { Append } from './pending-append.ts';

export interface KeepLastOptions {
  readonly retention: Retention;
  readonly append: (append: Append) => Promise<AppendResult>;
  /** Told when it could not be set. It is tried again when the stream has grown. */
  readonly onFailure: (error: unknown) => void;
}

const METADATA_IDS = 'a0a3c1de-5b0b-4d0e-9d53-0f6b7a1f9c44';

/**
 * Has the server keep only the last events of streams that the retention names, by `$maxCount` in a stream's metadata. Called with every append
 * that has been stored; nothing waits for what it does.
 *
 * It is set when a stream has as many events as are kept, and again whenever it has as many more: so it needs no memory, and what
 * failed, or was lost with a process that was killed, is made good in time. Set again, by whomever, it is the same append, which
 * stores nothing. Metadata that is there already, an operator's or that of an earlier number, stays as it is.
 */
export function createKeepLast({ retention, append, onFailure }: KeepLastOptions): (stored: Append) => void {
  return ({ stream, expectedRevision, events }) => {
    const kept = keptOf(stream, retention);
    if (kept === null) return;
    const before = expectedRevision + 1;
    if (Math.floor(before / kept) === Math.floor((before + events.length) / kept)) return;
    append({
      stream: `$$${stream}`,
      expectedRevision: NO_STREAM,
      events: [
        {
          id: uuidFromName(`${stream} ${kept}`, METADATA_IDS),
          event: { type: '$metadata', data: { $maxCount: kept } },
          metadata: {},
        },
      ],
    }).catch(onFailure);
  };
}
