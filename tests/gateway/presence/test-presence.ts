import type { Presence } from '../../../gateway/presence/presence.ts';

/** Notes what it is told. */
export class TestPresence implements Presence {
  /** What happened to sign-ins: `joined ann`, `left ann: client`, `active ann`, `heard ann`. */
  readonly story: string[] = [];
  readonly #loginOf = new Map<object, string>();
  readonly #onFenced: (() => void)[] = [];

  join: Presence['join'] = (tab, { sessionId }) => {
    this.#loginOf.set(tab, sessionId);
    this.story.push(`joined ${sessionId}`);
  };

  leave: Presence['leave'] = (tab, by) => {
    const loginId = this.#loginOf.get(tab);
    if (loginId !== undefined) this.story.push(`left ${loginId}: ${by}`);
  };

  active: Presence['active'] = (loginId) => {
    this.story.push(`active ${loginId}`);
  };

  heardActive: Presence['heardActive'] = (loginId) => {
    this.story.push(`heard ${loginId}`);
  };

  onFenced: Presence['onFenced'] = (listener) => {
    this.#onFenced.push(listener);
  };

  fence(): void {
    for (const listener of this.#onFenced) listener();
  }

  async close(): Promise<void> {}
}
