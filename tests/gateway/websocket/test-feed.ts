import type { MessageBus } from '../../../platform/message-bus/message-bus.ts';
import { type Cursor, formatCursor, isAfter } from '../../../protocol/cursor.ts';
import { encodePushes, type Push } from '../../../protocol/pushes.ts';
import { pushSubject } from '../../../protocol/subjects.ts';
import { type Missed, ReadModelsUnavailable } from '../../../read-models/read-models.ts';

/** Pushes as the projection service keeps and publishes them. */
export class TestFeed {
  readonly #bus: MessageBus;
  readonly #pushes: { readonly user: string; readonly push: Push }[] = [];
  #position = 0n;
  /** The identity of the log that it follows. */
  log = '7';
  /** Look-ups so far. */
  lookUps = 0;
  unavailable = false;
  /** Look-ups have read the feed, but their answers wait for this. */
  answers: Promise<void> = Promise.resolve();

  constructor(bus: MessageBus) {
    this.#bus = bus;
  }

  get end(): Cursor {
    return { position: this.#position, ordinal: 0, log: this.log };
  }

  /** Stores one push for the user in the feed, without publishing it. */
  store(user: string, label: string): Push {
    this.#position += 1n;
    const cursor = this.end;
    const push = {
      cursor,
      text: JSON.stringify({ action: 'new_message', label, cursor: formatCursor(cursor) }),
    };
    this.#pushes.push({ user: user.toLowerCase(), push });
    return push;
  }

  /** The log was restored to `position`, and goes on under another identity. */
  restore(position: bigint, log: string): void {
    this.#position = position;
    this.#pushes.splice(0);
    this.log = log;
  }

  publish(user: string, ...pushes: readonly Push[]): void {
    this.#bus.publish(pushSubject(user), encodePushes(1n, pushes));
  }

  push(user: string, ...labels: string[]): void {
    for (const label of labels) this.publish(user, this.store(user, label));
  }

  missed = async (username: string, after: Cursor | null, limit: number): Promise<Missed> => {
    this.lookUps += 1;
    if (this.unavailable) throw new ReadModelsUnavailable('away');
    const upTo = this.end;
    const pushes = this.#pushes
      .filter(({ user, push }) => user === username.toLowerCase() && after && isAfter(push.cursor, after))
      .map(({ push }) => push);
    const isKnown = after === null || (after.log === upTo.log && !isAfter(after, upTo));
    await this.answers;
    return pushes.length <= limit && isKnown
      ? { outcome: 'complete', pushes, upTo, epoch: 1n }
      : { outcome: 'incomplete', upTo, epoch: 1n };
  };
}
