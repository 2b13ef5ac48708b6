import {
  assertPayloadFits,
  type MessageBus,
  NoResponder,
  type Subscription,
} from '../../platform/message-bus/message-bus.ts';
import { decodePushes } from '../../protocol/pushes.ts';
import { PROJECTED, PUSH_EVERYONE, pushSubject } from '../../protocol/subjects.ts';

/** A bus on which nobody listens but the test. */
export class RecordingBus implements MessageBus {
  readonly published: { readonly subject: string; readonly payload: string }[] = [];
  readonly #interrupted: (() => void)[] = [];
  readonly #subscribers = new Map<string, (payload: string) => void>();
  readonly #responders = new Map<string, (payload: string) => Promise<string>>();

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
      .filter(({ everyoneBut }) => !everyoneBut?.has(key))
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

  /** What was published may not have left. */
  losesAll = false;

  async flush(): Promise<void> {
    if (this.losesAll) throw new Error('no connection');
  }

  onInterrupted(listener: () => void): void {
    this.#interrupted.push(listener);
  }

  async subscribe(subject: string, handler: (payload: string) => void): Promise<Subscription> {
    this.#subscribers.set(subject, handler);
    return { unsubscribe: async () => void this.#subscribers.delete(subject) };
  }

  /** As somebody else on the bus. */
  tell(subject: string, payload: string): void {
    this.#subscribers.get(subject)?.(payload);
  }

  async request(subject: string, payload: string): Promise<string> {
    const responder = this.#responders.get(subject);
    if (!responder) throw new NoResponder(subject);
    return responder(payload);
  }

  async respond(
    subject: string,
    _group: string,
    handler: (payload: string) => Promise<string>,
  ): Promise<Subscription> {
    this.#responders.set(subject, handler);
    return { unsubscribe: async () => void this.#responders.delete(subject) };
  }

  isConnected(): boolean {
    return true;
  }

  async close(): Promise<void> {}
}
