import type { MessageBus } from '../../../platform/message-bus/message-bus.ts';
import { SESSION_CHANGED, type SessionChange, sessionChange } from '../../../protocol/subjects.ts';

/** Keeps what is published and hands it on at once; nobody answers requests. */
export class RecordingBus implements MessageBus {
  readonly published: { subject: string; payload: string }[] = [];
  readonly #handlers = new Map<string, Set<(payload: string) => void>>();
  readonly #interrupted: (() => void)[] = [];

  publish(subject: string, payload: string): void {
    this.published.push({ subject, payload });
    for (const handler of this.#handlers.get(subject) ?? []) handler(payload);
  }

  async subscribe(subject: string, handler: (payload: string) => void) {
    const handlers = this.#handlers.get(subject) ?? new Set();
    this.#handlers.set(subject, handlers.add(handler));
    return { unsubscribe: async () => void handlers.delete(handler) };
  }

  request(): Promise<string> {
    return Promise.reject(new Error('nobody answers'));
  }

  respond(): Promise<never> {
    return Promise.reject(new Error('nobody asks'));
  }

  maxPayloadBytes(): number {
    return 1024 * 1024;
  }

  async flush(): Promise<void> {}

  onInterrupted(listener: () => void): void {
    this.#interrupted.push(listener);
  }

  interrupt(): void {
    for (const listener of this.#interrupted) listener();
  }

  isConnected(): boolean {
    return true;
  }

  async close(): Promise<void> {}

  sessionChanges(): SessionChange[] {
    return this.published
      .filter(({ subject }) => subject === SESSION_CHANGED)
      .map(({ payload }) => sessionChange.parse(JSON.parse(payload)));
  }
}
