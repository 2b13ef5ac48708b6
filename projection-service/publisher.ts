import type { MessageBus } from '../platform/message-bus/message-bus.ts';
import { encodePushes, type Push } from '../protocol/pushes.ts';
import { pushSubject } from '../protocol/subjects.ts';

/** A push and the keys of the users it goes to; one who is named twice gets it once. */
export interface AddressedPush extends Push {
  readonly audience: readonly string[];
}

/**
 * However much it is, no more than a page waits to leave. Gives up when the bus is away: its return ends the term, and
 * the next one begins here again.
 */
export async function publishAgain(
  bus: MessageBus,
  pages: AsyncIterable<readonly AddressedPush[]>,
  signal: AbortSignal,
): Promise<void> {
  for await (const page of pages) {
    if (signal.aborted) return;
    publishPushes(bus, page);
    const left = await bus.flush().then(
      () => true,
      () => false,
    );
    if (!left) return;
  }
}

/** One bus message per user, with all of the batch's pushes for that user in order. */
export function publishPushes(bus: MessageBus, pushes: readonly AddressedPush[]): void {
  const byUser = new Map<string, Push[]>();
  for (const push of pushes) {
    for (const user of push.audience) {
      const waiting = byUser.get(user);
      if (!waiting) byUser.set(user, [push]);
      else if (waiting.at(-1) !== push) waiting.push(push);
    }
  }
  for (const [user, ofUser] of byUser) bus.publish(pushSubject(user), encodePushes(ofUser));
}
