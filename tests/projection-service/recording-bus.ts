import {
  assertPayloadFits,
  type MessageBus,
  type Subscription,
} from '../../platform/message-bus/message-bus.ts';
import { decodePushes } from '../../protocol/pushes.ts';
import { PROJECTED, PUSH_EVERYONE, pushSubject } from '../../protocol/subjects.ts';

/** A bus on which nobody listens but the test. */
export class RecordingBus implements MessageBus {
  readonly published: { readonly subject: string; readonly payload: string }[] = [];
  readonly #interrupted: (() => void)[] = [];

  refusesAll = false;

  publish(subject: string, payload: string): void {
    if (this.refusesAll) throw new Error('closed');
    assertPayloadFits(subject, payload, this.maxPayloadBytes());
    this.published.push({ subject, payload });
  }

  /** What this user was told, in order: cursors, texts of ephemeral pushes, and holes. */
  pushedTo(username: string): string[] {
    const key = username.toLowerCase();
    return this.published
      .filter(({ subject }) => subject === pushSubject(username) || subject === PUSH_EVERYONE)
      .flatMap(({ payload }) => decodePushes(payload).pushes)
      .filter(({ everyoneBut }) => everyoneBut !== key)
      .map(({ cursor, text }) => {
        const place = cursor && `${cursor.position}.${cursor.ordinal}`;
        return text === null ? `hole up to ${place}` : (place ?? text);
      });
  }

  get projected(): string[] {
    return this.published.filter(({ subject }) => subject === PROJECTED).map(({ payload }) => payload);
  }

  interrupt(): void {
    for (const listener of this.#interrupted) listener();
  }

  maxPayloadBytes(): number {
    return 1024 * 1024;
  }

  async flush(): Promise<void> {}

  onInterrupted(listener: () => void): void {
    this.#interrupted.push(listener);
  }

  subscribe(): Promise<Subscription> {
    return Promise.reject(new Error('only for publishing'));
  }

  request(): Promise<never> {
    return Promise.reject(new Error('only for publishing'));
  }

  async respond(): Promise<Subscription> {
    return { unsubscribe: async () => {} };
  }

  isConnected(): boolean {
    return true;
  }

  async close(): Promise<void> {}
}
